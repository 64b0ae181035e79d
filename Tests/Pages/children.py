"""Processes that end with the tests, however these end."""

import ctypes
import signal

_PR_SET_PDEATHSIG = 1


def die_with_parent():
    """Runs in a child before its program: the kernel kills it once its parent is gone."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
