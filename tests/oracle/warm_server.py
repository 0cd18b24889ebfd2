"""Loads modules, then makes a copy of itself for each request of warm_client.py (see warm.py).

python warm_server.py ADDRESS MODULE ...
"""

import atexit
import contextlib
import ctypes
import gc
import importlib
import io
import json
import os
import select
import signal
import socket
import sys
import threading
import types

NEW_NAMESPACE = 0x00020000


def enter(fds):
    """Becomes the pod's process: its settings, file system, folder and streams."""
    settings, space, root, folder, *streams = fds
    os.lseek(settings, 0, os.SEEK_SET)
    with open(settings, "rb") as file:
        wanted = json.load(file)
    if os.stat(space).st_ino != os.stat("/proc/self/ns/mnt").st_ino:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.setns(space, NEW_NAMESPACE):
            raise OSError(ctypes.get_errno(), "setns")
        os.fchdir(root)
        os.chroot(".")
    os.fchdir(folder)
    for number, fd in enumerate(streams):
        os.dup2(fd, number)
    for fd in (space, root, folder, *streams):
        os.close(fd)
    os.environ.clear()
    os.environ.update(wanted["env"])
    unbuffered = bool(wanted["env"].get("PYTHONUNBUFFERED"))
    out, err = open(1, "wb", 0 if unbuffered else -1), open(2, "wb", 0)  # noqa: SIM115 - for the process's life
    sys.stdout = sys.__stdout__ = io.TextIOWrapper(out, write_through=unbuffered)
    sys.stderr = sys.__stderr__ = io.TextIOWrapper(err, errors="backslashreplace", write_through=True)
    return wanted["argv"]


def play(argv):
    """What `python FILE ARGUMENTS` does."""
    sys.argv = list(argv)
    added = [p for p in os.environ.get("PYTHONPATH", "").split(":") if p]
    sys.path[:1] = [os.path.dirname(os.path.abspath(argv[0])), *added]
    with open(argv[0], "rb") as file:
        code = compile(file.read(), argv[0], "exec")
    module = types.ModuleType("__main__")
    module.__file__ = argv[0]
    sys.modules["__main__"] = module
    try:
        exec(code, module.__dict__)
        return 0
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    return 1


def leave(code):
    """The end of a process, without taking apart what was loaded."""
    threading._shutdown()
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code & 0xFF)


def watch(link, child):
    """Passes signals on until the child ends; then its exit code. Without a client the child is killed."""
    ended = os.pidfd_open(child)
    while True:
        ready, _, _ = select.select([link, ended], [], [])
        if ended in ready:
            break
        text = link.recv(16)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, int(text)) if text else os.killpg(child, signal.SIGKILL)
        if not text:
            break
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    with contextlib.suppress(OSError):
        link.send(b"%d" % (code if code >= 0 else 128 - code))
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what it left behind
    os._exit(0)


def serve(address):
    """Returns the arguments of a script in each copy."""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    server.bind("\0" + address)
    server.listen(128)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    os.write(1, b"ready\n")
    while True:
        link, _ = server.accept()
        if os.fork():
            link.close()
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        server.close()
        os.setpgid(0, 0)
        _, fds, _, _ = socket.recv_fds(link, 16, 16)
        child = os.fork()
        if child:
            for fd in fds:
                os.close(fd)
            with contextlib.suppress(OSError):
                os.setpgid(child, child)
            watch(link, child)
        os.setpgid(0, 0)
        link.close()
        return enter(fds)


def main():
    address, *modules = sys.argv[1:]
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()
    leave(play(serve(address)))


main()
