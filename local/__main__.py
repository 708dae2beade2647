"""`python -m local` runs the whole service on this machine; `python -m local functions` runs each function apart."""

import os
import sys

if __name__ == "__main__":
    if sys.hexversion < 0x030B0000:
        sys.exit("Python 3.11 or newer is needed; this is %s (%s)." % (sys.version.split()[0], sys.executable))  # noqa: UP031

    from local.run import main  # only now: an older Python could not read it

    sys.exit(main(sys.argv[1:], os.environ))
