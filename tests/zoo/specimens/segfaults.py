"""Crashes in native code at import."""

import ctypes
import faulthandler

faulthandler.disable()
ctypes.string_at(0)
