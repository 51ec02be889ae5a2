"""Everything that a picture can hold: each glyph draws itself on a canvas of its own."""
