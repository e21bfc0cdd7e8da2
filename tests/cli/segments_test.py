"""kafkascope export --segments: the files are read back by a parser of their formats that shares no code with the program."""
import re
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = sys.argv.pop(1)

SCENARIO = """
title = "compacted and not"
seed = 3
until = "40s"
[defaults.broker]
offsets.topic.num.partitions = 1
log.cleaner.backoff.ms = 1000
log.index.interval.bytes = 500
[[broker]]
id = 1
[[broker]]
id = 2
[[broker]]
id = 3
[[topic]]
name = "orders"
partitions = 2
replication.factor = 3
config = { segment.bytes = 4000 }
[[topic]]
name = "prices"
partitions = 1
replication.factor = 3
config = { cleanup.policy = "compact", segment.bytes = 4000, min.cleanable.dirty.ratio = "0.1", delete.retention.ms = 5000 }
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "40/s", key = ["alice", "bob", ""], size = "70B" }
[[topic]]
name = "bank"
partitions = 1
replication.factor = 3
config = { segment.bytes = 4000 }
[[producer]]
name = "teller"
topic = "bank"
workload = { rate = "20/s", key = "none", size = "70B", transaction = 5, abort.every = 3 }
config = { transactional.id = "teller" }
[[producer]]
name = "market"
topic = "prices"
workload = { rate = "40/s", key = "uniform(9)", tombstone.every = 5 }
config = { linger.ms = 200 }
"""

INTERNAL = """
title = "what coordinators write"
seed = 5
until = "40s"
[defaults.broker]
offsets.topic.num.partitions = 1
transaction.state.log.num.partitions = 1
group.initial.rebalance.delay.ms = 500
[[broker]]
id = 1
[[broker]]
id = 2
[[broker]]
id = 3
[[topic]]
name = "orders"
partitions = 3
replication.factor = 3
[[topic]]
name = "bank"
partitions = 2
replication.factor = 3
[[producer]]
name = "shop"
topic = "orders"
workload = { rate = "20/s", key = "none" }
[[producer]]
name = "teller"
topic = "bank"
workload = { rate = "20/s", key = "none", transaction = 5, abort.every = 3 }
config = { transactional.id = "teller" }
[[group]]
id = "billing"
topics = ["orders", "bank"]
members = 2
processing.time = "5ms"
config = { auto.offset.reset = "earliest", session.timeout.ms = 6000, auto.commit.interval.ms = 1000, client.rack = "r1" }
"""


def crc32c_table():
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


TABLE = crc32c_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at


def nullable(data, at):
    size, at = varint(data, at)
    return (None, at) if size < 0 else (data[at:at + size], at + size)


def read_log(data):
    """Every batch with its position and its records (offset, timestamp, key, value)."""
    batches, at = [], 0
    while at < len(data):
        base, length, epoch, magic, crc = struct.unpack_from(">qiibI", data, at)
        assert magic == 2, magic
        content = data[at + 21:at + 12 + length]
        assert crc32c(content) == crc, f"checksum of the batch at {at}"
        attributes, last_delta, first_time, max_time, pid, pepoch, sequence, count = struct.unpack_from(">hiqqqhii", content)
        records, inside = [], struct.calcsize(">hiqqqhii")
        for _ in range(count):
            size, inside = varint(content, inside)
            end = inside + size
            inside += 1
            time_delta, inside = varint(content, inside)
            offset_delta, inside = varint(content, inside)
            key, inside = nullable(content, inside)
            value, inside = nullable(content, inside)
            headers, inside = varint(content, inside)
            assert inside == end and headers == 0
            records.append((base + offset_delta, first_time + time_delta, key, value))
        assert inside == len(content)
        batches.append({"at": at, "base": base, "last": base + last_delta, "epoch": epoch, "max_time": max_time,
                        "pid": pid, "pepoch": pepoch, "sequence": sequence, "attributes": attributes,
                        "records": records})
        at += 12 + length
    return batches


class Fields:
    """A message that begins with its version, field by field."""

    def __init__(self, data, flexible_from=None):
        self.data, self.at = data, 0
        self.version = self.number(">h")
        self.flexible = flexible_from is not None and self.version >= flexible_from

    def number(self, form):
        value, = struct.unpack_from(form, self.data, self.at)
        self.at += struct.calcsize(form)
        return value

    def varint(self):
        value = shift = 0
        while True:
            byte = self.number(">B")
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def size(self, form):
        return self.varint() - 1 if self.flexible else self.number(form)

    def take(self, size):
        if size < 0:
            return None
        assert self.at + size <= len(self.data)
        self.at += size
        return self.data[self.at - size:self.at]

    def text(self):
        taken = self.take(self.size(">h"))
        return None if taken is None else taken.decode()

    def blob(self):
        return self.take(self.size(">i"))

    def list(self, item):
        count = self.size(">i")
        return None if count < 0 else [item() for _ in range(count)]

    def tags(self):
        """Tagged fields by their tags; none where the version has none."""
        count = self.varint() if self.flexible else 0
        return {self.varint(): self.take(self.varint()) for _ in range(count)}

    def end(self):
        assert self.at == len(self.data), (self.at, self.data)

    def topics(self):
        return self.list(lambda: (self.text(), self.list(lambda: self.number(">i"))))


def read_subscription(data):
    fields = Fields(data)
    assert fields.version == 3, fields.version
    read = {"topics": fields.list(fields.text), "user_data": fields.blob(), "owned": fields.topics(),
            "generation": fields.number(">i"), "rack": fields.text()}
    fields.end()
    return read


def read_assignment(data):
    fields = Fields(data)
    assert fields.version == 3, fields.version
    assigned, user_data = fields.topics(), fields.blob()
    assert user_data is None
    fields.end()
    return assigned


def read_offsets_record(key, value):
    """(group, topic, partition) or (group,), and the fields of the value."""
    fields = Fields(key)
    assert fields.version in (1, 2), fields.version
    is_commit = fields.version == 1
    name = (fields.text(), fields.text(), fields.number(">i")) if is_commit else (fields.text(),)
    fields.end()
    if value is None:
        return name, None
    fields = Fields(value)
    assert fields.version == 3, fields.version
    if is_commit:
        read = {"offset": fields.number(">q"), "epoch": fields.number(">i"), "metadata": fields.text(),
                "time": fields.number(">q")}
    else:
        read = {"type": fields.text(), "generation": fields.number(">i"), "protocol": fields.text(),
                "leader": fields.text(), "time": fields.number(">q"), "members": fields.list(lambda: {
                    "id": fields.text(), "instance": fields.text(), "client": fields.text(), "host": fields.text(),
                    "rebalance": fields.number(">i"), "session": fields.number(">i"),
                    "subscription": read_subscription(fields.blob()), "assignment": read_assignment(fields.blob())})}
    fields.end()
    return name, read


def read_transaction_record(key, value):
    fields = Fields(key)
    assert fields.version == 0, fields.version
    name = fields.text()
    fields.end()
    fields = Fields(value, flexible_from=1)

    def partitions():
        item = (fields.text(), fields.list(lambda: fields.number(">i")))
        assert fields.tags() == {}
        return item

    read = {"version": fields.version, "pid": fields.number(">q"), "epoch": fields.number(">h"),
            "timeout": fields.number(">i"), "state": fields.number(">b"), "partitions": fields.list(partitions),
            "updated": fields.number(">q"), "started": fields.number(">q"), "tags": fields.tags()}
    fields.end()
    return name, read


def entries(data, form):
    size = struct.calcsize(form)
    assert len(data) % size == 0
    return [struct.unpack_from(form, data, at) for at in range(0, len(data), size)]


class Segments(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        (cls.root / "run.toml").write_text(SCENARIO)
        (cls.root / "internal.toml").write_text(INTERNAL)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def export(self, *args):
        return subprocess.run([PROGRAM, "export", *map(str, args)], capture_output=True, text=True, check=False)

    def exported(self, partition, to, *args):
        done = self.export(args[0] if args else self.root / "run.toml", "--segments", self.root / to,
                           "--partition", partition, *args[1:])
        self.assertEqual(done.returncode, 0, done.stderr)
        return self.root / to / partition

    def check_folder(self, folder, least_logs=2):
        """Reads every file of the folder; returns all batches."""
        logs = sorted(folder.glob("*.log"))
        self.assertGreaterEqual(len(logs), least_logs)
        result, epochs = [], []
        for log in logs:
            base = int(log.stem)
            batches = read_log(log.read_bytes())
            starts = {batch["at"]: batch for batch in batches}
            for relative, position in entries(log.with_suffix(".index").read_bytes(), ">ii"):
                self.assertIn(position, starts, "an index entry points to the start of a batch")
                self.assertGreaterEqual(base + relative, starts[position]["last"])
            times = entries(log.with_suffix(".timeindex").read_bytes(), ">qi")
            self.assertEqual(times, sorted(times))
            for time, relative in times:
                self.assertTrue(any(b["last"] == base + relative and b["max_time"] == time for b in batches))
                self.assertEqual(time, max(b["max_time"] for b in batches if b["last"] <= base + relative))
            if batches:
                self.assertEqual(times[-1][0], max(b["max_time"] for b in batches))
                self.assertGreaterEqual(batches[0]["base"], base)
            result += batches
        for before, after in zip(result, result[1:]):
            self.assertLess(before["last"], after["base"])
        for batch in result:
            if not epochs or epochs[-1][0] != batch["epoch"]:
                epochs.append((batch["epoch"], batch["base"]))
        lines = (folder / "leader-epoch-checkpoint").read_text().splitlines()
        self.assertEqual(lines[:2], ["0", str(len(epochs))])
        self.assertEqual([int(line.split()[0]) for line in lines[2:]], [epoch for epoch, _ in epochs])
        self.assertRegex((folder / "partition.metadata").read_text(), r"^version: 0\ntopic_id: [\w-]{22}\n$")
        self.check_snapshots(folder, result)
        return result

    def check_snapshots(self, folder, batches):
        for path in folder.glob("*.snapshot"):
            data = path.read_bytes()
            version, checksum, count = struct.unpack_from(">hIi", data)
            self.assertEqual((version, checksum), (1, crc32c(data[6:])))
            below = [b for b in batches if b["last"] < int(path.stem) and b["pid"] >= 0]
            form = ">qhiqiqiq"
            self.assertEqual(len(data), 10 + count * struct.calcsize(form))
            for at in range(count):
                pid, epoch, sequence, last, delta, _, _, txn = struct.unpack_from(form, data, 10 + at * struct.calcsize(form))
                mine, open_since = [], -1
                for b in (b for b in below if b["pid"] == pid):
                    if b["attributes"] & 0x20:  # a marker
                        open_since = -1
                        continue
                    mine.append(b)
                    if b["attributes"] & 0x10 and open_since < 0:
                        open_since = b["base"]
                if mine:  # else compaction has removed it since
                    self.assertEqual((mine[-1]["last"], mine[-1]["pepoch"]), (last, epoch))
                    self.assertEqual((mine[-1]["sequence"] + delta, delta, txn),
                                     (sequence, mine[-1]["last"] - mine[-1]["base"], open_since))

    def test_a_log_as_its_leader_has_it(self):
        records = []
        for partition in ("orders-0", "orders-1"):
            batches = self.check_folder(self.exported(partition, "plain"))
            self.assertEqual(batches[0]["base"], 0)
            for before, after in zip(batches, batches[1:]):
                self.assertEqual(before["last"] + 1, after["base"], "nothing is missing")
            records += [record for batch in batches for record in batch["records"]]
        self.assertGreater(len(records), 1000)
        self.assertEqual({key for _, _, key, _ in records}, {b"alice", b"bob", None})
        self.assertTrue(all(len(value) == 70 and value.startswith(b"shop record ") for _, _, _, value in records))

    def test_entries_of_the_offset_index_are_index_interval_bytes_apart(self):
        folder = self.exported("orders-1", "interval")
        distances = []
        for path in folder.glob("*.index"):
            positions = [position for _, position in entries(path.read_bytes(), ">ii")]
            distances += [after - before for before, after in zip(positions, positions[1:])]
        self.assertGreater(len(distances), 5)
        self.assertGreater(min(distances), 500)

    def test_every_replica_has_the_same_records(self):
        contents = []
        for broker in (1, 2, 3):
            folder = self.exported("orders-0", f"broker{broker}", self.root / "run.toml", "--broker", broker,
                                   "--until", "20s")
            contents.append([r for batch in self.check_folder(folder) for r in batch["records"]])
        shortest = min(map(len, contents))
        self.assertGreater(shortest, 100)
        self.assertEqual(contents[0][:shortest], contents[1][:shortest])
        self.assertEqual(contents[0][:shortest], contents[2][:shortest])

    def test_a_compacted_log_has_gaps_tombstones_with_a_horizon_and_keeps_the_last_of_each_key(self):
        batches = self.check_folder(self.exported("prices-0", "compacted"))
        records = [record for batch in batches for record in batch["records"]]
        self.assertLess(len(records), batches[-1]["last"] / 3)
        self.assertEqual({key for _, _, key, _ in records} - {f"k{n}".encode() for n in range(9)}, set())
        self.assertTrue(any(batch["attributes"] & 0x40 for batch in batches), "a delete horizon is set")
        for batch in batches:
            if batch["attributes"] & 0x40:
                self.assertTrue(any(value is None for _, _, _, value in batch["records"]))

    def test_the_transaction_index_names_what_was_aborted(self):
        folder = self.exported("bank-0", "aborted")
        batches, aborted, first = self.check_folder(folder), [], None
        for batch in batches:
            if not batch["attributes"] & 0x20:  # data
                first = batch["base"] if first is None else first
                continue
            (_, kind), = [struct.unpack(">hh", key) for _, _, key, _ in batch["records"]]
            if kind == 0:
                aborted.append((0, batch["pid"], first, batch["base"], batch["base"] + 1))
            first = None
        self.assertGreater(len(aborted), 10)
        found = []
        for path in sorted(folder.glob("*.txnindex")):
            listed = entries(path.read_bytes(), ">hqqqq")
            self.assertGreater(len(listed), 0, "Kafka makes no empty file")
            self.assertGreaterEqual(min(last for _, _, _, last, _ in listed), int(path.stem))
            found += listed
        self.assertEqual(found, aborted)

    def test_records_of_consumer_offsets_are_what_a_group_coordinator_writes(self):
        batches = self.check_folder(self.exported("__consumer_offsets-0", "offsets", self.root / "internal.toml"), 1)
        commits, generations = {}, []
        for batch in batches:
            self.assertFalse(batch["attributes"] & 0x20)
            for _, time, key, value in batch["records"]:
                name, read = read_offsets_record(key, value)
                self.assertEqual(name[0], "billing")
                if len(name) == 3:
                    before = commits.setdefault(name[1:], [])
                    before.append(read["offset"])
                    self.assertGreaterEqual(read["epoch"], 0)
                    self.assertEqual(read["metadata"], "")
                    self.assertLessEqual(abs(read["time"] - time), 1000)
                else:
                    generations.append(read)
        everything = {("orders", n) for n in range(3)} | {("bank", n) for n in range(2)}
        self.assertEqual(set(commits), everything)
        for offsets in commits.values():
            self.assertGreater(len(offsets), 10)
            self.assertEqual(offsets, sorted(offsets))
            self.assertGreater(offsets[-1], 20)
        self.assertGreater(len(generations), 0)
        self.assertEqual([g["generation"] for g in generations], sorted({g["generation"] for g in generations}))
        last = generations[-1]
        self.assertEqual((last["type"], last["protocol"], len(last["members"])), ("consumer", "range", 2))
        self.assertIn(last["leader"], [member["id"] for member in last["members"]])
        assigned = []
        for member in last["members"]:
            self.assertEqual((member["client"], member["host"]), (member["id"].split("#")[0],
                                                                 "/" + member["id"].split("#")[0]))
            self.assertEqual((member["instance"], member["session"], member["rebalance"]), (None, 6000, 300000))
            self.assertEqual(member["subscription"], {"topics": ["bank", "orders"], "user_data": None, "owned": [],
                                                      "generation": -1, "rack": "r1"})
            assigned += [(topic, n) for topic, numbers in member["assignment"] for n in numbers]
        self.assertEqual(sorted(assigned), sorted(everything))

    def test_what_expires_has_tombstones_of_the_offsets_and_then_of_the_group(self):
        run = self.root / "away.toml"
        run.write_text(INTERNAL.replace('until = "40s"', 'until = "100s"').replace("[defaults.broker]", """[defaults.broker]
offsets.retention.minutes = 1
offsets.retention.check.interval.ms = 5000""") + """
[[at]]
time = "25s"
do = "shutdown billing-1"
[[at]]
time = "25s"
do = "shutdown billing-2"
""")
        batches = self.check_folder(self.exported("__consumer_offsets-0", "away", run), 1)
        buried = [read_offsets_record(key, value) for _, _, key, value in batches[-1]["records"]]
        self.assertEqual([read for _, read in buried], [None] * 6)
        self.assertEqual([name for name, _ in buried], [("billing", "orders", 0), ("billing", "orders", 1),
                                                        ("billing", "orders", 2), ("billing", "bank", 0),
                                                        ("billing", "bank", 1), ("billing",)])
        self.assertEqual(read_offsets_record(*batches[-2]["records"][-1][2:])[1]["members"], [], "it became empty before")

    def check_transactions(self, folder, value_version):
        """The states of a transactional id follow each other as Kafka's do; returns the values."""
        follows = {None: {0}, 0: {0, 1}, 1: {1, 2, 3}, 2: {4}, 3: {5}, 4: {0, 1}, 5: {0, 1}}
        state, values = None, []
        for batch in self.check_folder(folder, 1):
            for _, time, key, value in batch["records"]:
                name, read = read_transaction_record(key, value)
                self.assertEqual((name, read["version"], read["timeout"]), ("teller", value_version, 60000))
                self.assertIn(read["state"], follows[state], values)
                state = read["state"]
                self.assertEqual(read["partitions"] is None, state == 0)
                for topic, numbers in read["partitions"] or []:
                    self.assertEqual((topic, set(numbers) - {0, 1}), ("bank", set()))
                self.assertLessEqual(abs(read["updated"] - time), 1000)
                values.append(read)
        self.assertGreater(len(values), 50)
        self.assertEqual({read["pid"] for read in values}, {values[0]["pid"]})
        self.assertEqual({read["state"] for read in values}, {0, 1, 2, 3, 4, 5})
        return values

    def test_records_of_transaction_state_are_what_a_transaction_coordinator_writes(self):
        folder = self.exported("__transaction_state-0", "transactions", self.root / "internal.toml")
        values = self.check_transactions(folder, 0)
        self.assertEqual({read["epoch"] for read in values}, {0})

    def test_with_transaction_version_2_records_of_transaction_state_are_flexible(self):
        run = self.root / "flexible.toml"
        run.write_text('metadata = "kraft"\nkafka.rules = { kip-890-epochs = "new" }' + INTERNAL)
        folder = self.exported("__transaction_state-0", "flexible", run)
        values = self.check_transactions(folder, 1)
        self.assertGreater(max(read["epoch"] for read in values), 10)
        for read in values:
            self.assertEqual(read["tags"], {2: b"\0\2"} if read["state"] else {})

    def test_a_recording_gives_the_files_of_its_run(self):
        recording = self.root / "run.db"
        subprocess.run([PROGRAM, "run", self.root / "run.toml", "--record", recording], check=True, capture_output=True)
        recorded = self.exported("orders-0", "recorded", recording)
        again = self.exported("orders-0", "again")
        self.assertEqual({p.name: p.read_bytes() for p in recorded.iterdir()},
                         {p.name: p.read_bytes() for p in again.iterdir()})

    def test_what_cannot_be_exported_is_told(self):
        run = self.root / "run.toml"
        for args, text in (
                ((run, "--segments", self.root / "no", "--partition", "order-0"), 'such as "orders-0"'),
                ((run, "--segments", self.root / "no", "--partition", "orders-x"), "no number of a partition"),
                ((run, "--segments", self.root / "no", "--partition", "orders-7"), "no broker hosts orders-7"),
                ((run, "--segments", self.root / "no", "--partition", "__consumer_offsets-7"), "no broker hosts"),
                ((run, "--segments", self.root / "no", "--partition", "orders-0", "--broker", "9"), "brokers 1, 2, 3 do"),
                ((run, "--segments", run / "no", "--partition", "orders-0"), "cannot be made"),
                ((run, "--segments", self.root / "no"), "--partition"),
                ((run, "--partition", "orders-0"), "--segments")):
            done = self.export(*args)
            self.assertIn(done.returncode, (2, 3), args)
            self.assertIn(text, done.stderr, args)
            self.assertFalse(re.search("terminate|abort", done.stderr))
        self.assertFalse((self.root / "no").exists())
        self.exported("orders-0", "twice")
        done = self.export(run, "--segments", self.root / "twice", "--partition", "orders-0")
        self.assertEqual(done.returncode, 3)
        self.assertIn("is there already", done.stderr)


if __name__ == "__main__":
    unittest.main()
