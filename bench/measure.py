"""What the benches share: a server in a control group, and what it has spent.

The processor time of a control group is that of every process in it, those that
have ended included, in microseconds. Needs root.
"""
import os, re, shutil, signal, socket, statistics, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.environ.get("BUILD", os.path.join(os.path.dirname(HERE), "build"))


def run(*words, **more):
    return subprocess.run(words, check=True, text=True, **more)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def cpu_name():
    with open("/proc/cpuinfo") as f:
        return re.search(r"^model name\s*: (.*)", f.read(), re.M)[1]


def ratio(a, b):
    return f"{a / b:.2f}"


def stat_of(pid):
    with open(f"/proc/{pid}/stat") as f:
        return f.read().rsplit(")", 1)[1].split()


def family(pid):
    """The process and all that descend from it."""
    kids = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                kids.setdefault(int(stat_of(name)[1]), []).append(int(name))
            except OSError:
                pass
    found, at = [pid], 0
    while at < len(found):
        found += kids.get(found[at], [])
        at += 1
    return found


class Place:
    """A folder of its own with a cgroup2 mount; gone at the end of "with"."""

    def __enter__(self):
        if os.geteuid() != 0:
            sys.exit("control groups need root")
        self.folder = tempfile.mkdtemp(prefix="latchkey-bench-")
        os.chmod(self.folder, 0o711)
        self.cgroup = os.path.join(self.folder, "cgroup")
        os.mkdir(self.cgroup)
        run("mount", "-t", "cgroup2", "none", self.cgroup)
        return self.folder

    def __exit__(self, *_):
        run("umount", self.cgroup)
        shutil.rmtree(self.folder, ignore_errors=True)


class Peer:
    """One server in a folder of its own below a Place's."""
    name = ""

    def account_for(self):
        """From now on all that descends from the process is counted."""
        self.group = os.path.join(self.folder, "..", "cgroup",
                                  f"latchkey-bench-{os.getpid()}-{self.name}")
        os.makedirs(self.group, exist_ok=True)
        for pid in family(self.process.pid):
            with open(os.path.join(self.group, "cgroup.procs"), "w") as f:
                f.write(str(pid))

    def cpu(self):
        """Seconds, those of whoever has ended included."""
        with open(os.path.join(self.group, "cpu.stat")) as f:
            return int(re.match(r"usage_usec (\d+)", f.read())[1]) / 1e6

    def await_port(self):
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        sys.exit(f"{self.name} does not answer")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(40)

    def forget(self):
        for _ in range(100):
            try:
                os.rmdir(self.group)
                return
            except OSError:
                time.sleep(0.1)


class Daemon(Peer):
    """latchkeyd with an account "Bench", and its command line."""
    name = "latchkeyd"

    def __init__(self, folder):
        self.folder = folder
        self.data = os.path.join(folder, "data")
        self.home = os.path.join(folder, "home")
        self.port = self.http = 0
        run(self.program("latchkeyd"), "init", "--data", self.data, "--account",
            "Bench", "--admin", "bench@localhost", "--apikey-file",
            os.path.join(folder, "apikey"), stdout=subprocess.DEVNULL)
        self.start()
        self.cli("login", "-a", f"http://127.0.0.1:{self.http}", "--apikey",
                 "@" + os.path.join(folder, "apikey"))

    def program(self, name):
        return os.path.join(BUILD, name)

    def start(self):
        self.process = subprocess.Popen(
            [self.program("latchkeyd"), "serve", "--data", self.data, "--http",
             f"127.0.0.1:{self.http}", "--ssh", f"127.0.0.1:{self.port}",
             "--log-level", "warn"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, text=True,
            stderr=open(os.path.join(self.folder, "err"), "a"))
        for line in self.process.stdout:
            found = re.match(r"ready http=\S+:(\d+) ssh=\S+:(\d+)", line)
            if found:
                self.http, self.port = int(found[1]), int(found[2])
                self.account_for()
                return
        sys.exit(f"latchkeyd did not start: see {self.folder}/err")

    def cli(self, *words):
        return run(self.program("latchkey"), *words, stdin=subprocess.DEVNULL,
                   env=dict(os.environ, LATCHKEY_HOME=self.home),
                   stdout=subprocess.PIPE).stdout


def spent(peer, work):
    """Wall seconds of the work, server CPU seconds, the latter to its end."""
    cpu, wall = peer.cpu(), time.monotonic()
    work()
    wall = time.monotonic() - wall
    time.sleep(0.15)  # the last processes are ending
    return wall, peer.cpu() - cpu


def medians(peers, work, rounds):
    """name -> (wall s, server CPU s), rounds alternating."""
    found = {p.name: [] for p in peers}
    for _ in range(rounds):
        for p in peers:
            found[p.name].append(spent(p, lambda: work(p)))
    return {n: tuple(statistics.median(x[i] for x in v) for i in (0, 1))
            for n, v in found.items()}
