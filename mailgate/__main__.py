"""`python -m mailgate`: the same as the program `mailgate`."""

import sys

from mailgate.cli.main import main

sys.exit(main())
