/**
 * A chart of the page as a PNG for papers and notes: every SVG below an element and every text that is marked for it,
 * where they are on the page, with title, legend and source above and below. Nothing leaves the page: the SVGs are
 * drawn by the browser from data addresses.
 */
import { downloadBlob } from '../api/download.ts';

export type LegendEntry = Readonly<{
  label: string;
  colour: string;
  /** Lengths of strokes and gaps, as SVG has them; missing: solid. */
  dash?: string;
}>;

export type PicturedChart = Readonly<{
  title: string;
  note: string;
  legend: readonly LegendEntry[];
  fileName: string;
}>;

const scale = 2;
const margin = 20;
const lineHeight = 20;
const inherited = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'font-size',
  'font-family',
  'font-weight',
  'text-anchor',
  'opacity',
  'visibility',
  'shape-rendering',
] as const;

/** Marks a text of the page that belongs to the chart. */
export const picturedText = { 'data-pictured': true } as const;

/** Draws the chart inside `root` and hands it to the browser as a download. */
export async function downloadChart(root: HTMLElement, chart: PicturedChart): Promise<void> {
  const frame = root.getBoundingClientRect();
  const style = getComputedStyle(root);
  const font = style.fontFamily;
  const canvas = document.createElement('canvas');
  const measure = canvas.getContext('2d');
  if (measure === null) throw new Error('this browser draws no pictures');
  measure.font = `12px ${font}`;
  const notes = wrapped(measure, chart.note, frame.width);
  const legendRows = rowsOfLegend(measure, chart.legend, frame.width);
  const header = 34 + legendRows.length * lineHeight;
  canvas.width = Math.ceil((frame.width + 2 * margin) * scale);
  canvas.height = Math.ceil((frame.height + 2 * margin + header + 8 + notes.length * lineHeight) * scale);
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('this browser draws no pictures');
  pen.scale(scale, scale);
  pen.fillStyle = getComputedStyle(document.body).backgroundColor;
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = style.color;
  pen.textBaseline = 'middle';
  pen.font = `600 15px ${font}`;
  pen.fillText(chart.title, margin, margin + 6);
  for (const [row, entries] of legendRows.entries()) {
    drawLegend(pen, entries, style.color, font, margin + 34 + row * lineHeight);
  }
  const top = margin + header;
  for (const svg of root.querySelectorAll('svg')) {
    const box = svg.getBoundingClientRect();
    const isPart = svg.closest('button, [aria-hidden="true"], .recharts-legend-wrapper') === null;
    if (!isPart || box.width === 0) continue;
    pen.drawImage(await imageOf(svg, box), box.x - frame.x + margin, box.y - frame.y + top, box.width, box.height);
  }
  for (const text of root.querySelectorAll<HTMLElement>('[data-pictured]')) {
    const box = text.getBoundingClientRect();
    const { fontSize, fontWeight } = getComputedStyle(text);
    pen.font = `${fontWeight} ${fontSize} ${font}`;
    pen.fillText(text.innerText, box.x - frame.x + margin, box.y - frame.y + box.height / 2 + top);
  }
  pen.globalAlpha = 0.75;
  pen.font = `12px ${font}`;
  for (const [row, note] of notes.entries()) pen.fillText(note, margin, top + frame.height + 18 + row * lineHeight);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (blob !== null) downloadBlob(blob, `${chart.fileName}.png`);
}

function drawLegend(
  pen: CanvasRenderingContext2D,
  legend: readonly LegendEntry[],
  textColour: string,
  font: string,
  y: number,
): void {
  pen.font = `12px ${font}`;
  let x = margin;
  for (const { label, colour, dash } of legend) {
    pen.strokeStyle = colour;
    pen.lineWidth = 3;
    pen.setLineDash(dash === undefined ? [] : dash.split(' ').map(Number));
    pen.beginPath();
    pen.moveTo(x, y);
    pen.lineTo(x + 18, y);
    pen.stroke();
    pen.fillStyle = textColour;
    pen.fillText(label, x + 24, y);
    x += legendWidth(pen, label);
  }
  pen.setLineDash([]);
}

const legendWidth = (pen: CanvasRenderingContext2D, label: string): number => 24 + pen.measureText(label).width + 18;

function rowsOfLegend(
  pen: CanvasRenderingContext2D,
  legend: readonly LegendEntry[],
  width: number,
): (readonly LegendEntry[])[] {
  const rows: LegendEntry[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const entry of legend) {
    const needed = legendWidth(pen, entry.label);
    if (used + needed > width) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(entry);
    used += needed;
  }
  return rows;
}

/** The text in lines of at most `width` pixels. */
function wrapped(pen: CanvasRenderingContext2D, text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && pen.measureText(longer).width > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** The SVG with the page's styles written into it: a picture of its own knows no style sheets. */
async function imageOf(svg: SVGSVGElement, box: DOMRect): Promise<HTMLImageElement> {
  const copy = document.importNode(svg, true);
  const originals = [svg, ...svg.querySelectorAll('*')];
  const copies = [copy, ...copy.querySelectorAll('*')];
  for (const [index, original] of originals.entries()) {
    const computed = getComputedStyle(original);
    for (const name of inherited) copies[index]?.setAttribute(name, computed.getPropertyValue(name));
  }
  copy.setAttribute('width', String(box.width));
  copy.setAttribute('height', String(box.height));
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  return image;
}
