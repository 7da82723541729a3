"""Never finishes its import, and has a process of its own that would outlive it."""

import subprocess
import sys

child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
child.wait()
