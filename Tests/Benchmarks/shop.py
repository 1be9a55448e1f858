"""A running shophost, its commands and what /proc says about it."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time

PROGRAM = os.environ.get("SHOPHOST", ".build/release/shophost")
RECORDING = pathlib.Path(__file__).parents[2] / "Fixtures/storedog/requests_0.gor"
PORT = int(os.environ.get("SHOPHOST_BENCHMARK_PORT", "13000"))
DISCOUNTS_PORT, ADS_PORT = PORT + 1, PORT + 2

SERVER_CORE, CLIENT_CORE = "0", "1"


class Shop:
    """Starts a shop on one core and stops it at the end of a `with` block.

    `seconds_to_ready` is the time from starting the program to its `ready` line. Logs go to a folder, as nobody reads them here.
    """

    def __init__(self, state, *options, pack="storedog", environment=None):
        self.folder = tempfile.mkdtemp(prefix="shophost-benchmark-")
        self.environment = os.environ | {"SHOPHOST_CONTROL": self.folder + "/control.json"} | (environment or {})
        self.errors = open(self.folder + "/errors", "w+")
        arguments = ["--pack", pack, "--state", state, "--port", str(PORT), "--logs", self.folder, *options]
        started = time.perf_counter()
        self.process = subprocess.Popen(
            ["taskset", "-c", SERVER_CORE, PROGRAM, *arguments],
            stdout=subprocess.PIPE, stderr=self.errors, text=True, env=self.environment)
        try:
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        self.seconds_to_ready = time.perf_counter() - started
        # A full pipe would stop the shop.
        self.drain = threading.Thread(target=self.process.stdout.read, daemon=True)
        self.drain.start()

    def _wait_until_ready(self):
        watchdog = threading.Timer(30, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                if line.startswith("ready http"):
                    return
        finally:
            watchdog.cancel()
        self.errors.seek(0)
        raise RuntimeError("the shop did not get ready: " + self.errors.read()[-2000:])

    def command(self, *arguments):
        """Runs one of the program's commands against this shop; returns its wall time in milliseconds."""
        started = time.perf_counter()
        subprocess.run([PROGRAM, *arguments], check=True, capture_output=True, env=self.environment, timeout=30)
        return (time.perf_counter() - started) * 1e3

    def read(self, *arguments):
        """What one of the program's commands says of this shop, as JSON."""
        finished = subprocess.run([PROGRAM, *arguments, "--json"], check=True, capture_output=True, text=True, env=self.environment, timeout=30)
        return json.loads(finished.stdout)

    def replay(self, *options):
        """Plays the recorded session against this shop; returns the report."""
        command = [PROGRAM, "replay", str(RECORDING), f"http://127.0.0.1:{PORT}", "--json", *options]
        # Failures of a broken shop make the exit status 1.
        finished = subprocess.run(command, capture_output=True, text=True, env=self.environment, timeout=600)
        if finished.returncode not in (0, 1):
            raise RuntimeError("the replay did not run: " + finished.stderr[-2000:])
        return json.loads(finished.stdout)

    def status(self, field):
        """A number from /proc/PID/status, for example `VmRSS` in KiB or `Threads`."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise KeyError(field)

    def processor_milliseconds(self):
        """What all threads have used so far."""
        total = 0
        for path in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/schedstat"):
            try:
                total += int(path.read_text().split()[0])
            except FileNotFoundError:
                pass
        return total / 1e6

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
