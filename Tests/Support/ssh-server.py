#!/usr/bin/env python3
"""Runs OpenSSH's sshd for each connection to a port of 127.0.0.1; for tests.

It prints its port, and ends when its standard input closes. The folder gets a host key with `host_key.pub`; the key
pair `client` in it may log in as the user that runs the tests.
"""

import argparse
import os
import shutil
import socket
import subprocess
import sys
import threading

CONFIGURATION = """
HostKey {folder}/host_key
AuthorizedKeysFile {folder}/client.pub
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
PidFile none
"""


def sshd_path():
    return shutil.which("sshd", path=os.environ["PATH"] + ":/usr/sbin:/usr/local/sbin")


def prepare(folder):
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/host_key"], check=True)
    with open(f"{folder}/sshd_config", "w") as file:
        file.write(CONFIGURATION.format(folder=folder))
    if os.getuid() == 0:
        # Where sshd locks itself in; packages make it when the service starts.
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)


def serve(listener, options):
    kept = []
    while True:
        connection, _ = listener.accept()
        kept.append(connection)
        if options.silent:
            continue
        with open(f"{options.folder}/log", "ab") as log:
            command = [sshd_path(), "-i", "-e", "-f", f"{options.folder}/sshd_config"]
            subprocess.Popen(command, stdin=connection, stdout=connection, stderr=log)
        kept.pop().close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder")
    parser.add_argument("--silent", action="store_true", help="accepts connections and says nothing")
    parser.add_argument("--check", action="store_true", help="tells by its status whether sshd is there")
    options = parser.parse_args()
    if options.check:
        sys.exit(0 if sshd_path() and shutil.which("ssh-keygen") else 1)
    if not options.silent:
        prepare(options.folder)
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener, options), daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
