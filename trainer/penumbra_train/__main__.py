from penumbra_train.cli import main

raise SystemExit(main())
