"""A partition's directory: the names in it, its segments in order, and what they add up to."""

import mmap
import re

from .batches import read_batches
from .indexes import check_index, check_rule, check_timeindex, check_txnindex
from .producers import Producers
from .root import read_checkpoint, read_topic_id

COORDINATED = ("__consumer_offsets", "__transaction_state")  # Kafka checks no sequences in these
SEGMENT_FILE = re.compile(r"(\d{20})\.(log|index|timeindex|txnindex|snapshot)")
LEFTOVER = re.compile(SEGMENT_FILE.pattern + r"\.(deleted|cleaned|swap)|[a-z.-]+\.tmp")
OTHERS = ("leader-epoch-checkpoint", "partition.metadata")


def list_partition(report, directory, foreign):
  """The partition's files by suffix and base offset, every name checked."""
  files = {suffix: {} for suffix in ("log", "index", "timeindex", "txnindex", "snapshot")}
  for path in sorted(directory.iterdir()):
    match = SEGMENT_FILE.fullmatch(path.name)
    if LEFTOVER.fullmatch(path.name):
      report.note(path, "left over; Kafka removes or renames it when it starts")
    elif not path.is_file() or not match and path.name not in (*OTHERS, *foreign):
      report.violation(path, "Kafka keeps no such file here")
    elif match:
      files[match[2]][int(match[1])] = path
  for suffix in ("index", "timeindex", "txnindex"):
    for base in files[suffix].keys() - files["log"].keys():
      report.violation(files[suffix][base], "there is no such .log")
  if not files["log"]:
    report.violation(directory, "no segment")
  return files


class Partition:
  """One partition's directory, checked from its first segment to its last."""

  def __init__(self, report, directory, clean, compacted, log_start, choice):
    self.report, self.directory, self.clean = report, directory, clean
    self.interval = choice.index_interval
    self.topic, number = directory.name.rsplit("-", 1)
    self.number, self.compacted = int(number), compacted
    self.files = list_partition(report, directory, choice.foreign)
    self.start = min(self.files["log"], default=0)
    self.log_start = max(log_start, self.start)
    self.end, self.complete = self.start, self.start == 0
    self.producers, self.epochs, self.snapshots = Producers(), [], sorted(self.files["snapshot"])
    self.batches = self.records = 0
    self.topic_id = read_topic_id(report, directory / "partition.metadata")
    if self.start > 0 and self.start in self.snapshots:  # what was before is known from here
      self.producers.entries = self.producers.check_snapshot(
        report, self.files["snapshot"][self.start], compare=False)
      self.complete = True
    self.snapshots = [offset for offset in self.snapshots if offset > self.start]

  def read(self):
    """Check everything, giving each record with its batch."""
    for base in sorted(self.files["log"]):
      yield from self.read_segment(base)
    self.check_snapshots(self.end)
    for offset in self.snapshots:
      path = self.files["snapshot"][offset]
      self.report.violation(path, f"beyond the log's end, {self.end}")
    if self.clean and self.end > self.log_start and self.end not in self.files["snapshot"]:
      self.report.violation(self.directory, f"closed without a snapshot at its end, {self.end}")
    self.check_epochs()

  def read_segment(self, base):
    path, report = self.files["log"][base], self.report
    active = base == max(self.files["log"])
    aborted_before, batches = len(self.producers.aborted), []
    if base < self.end or base > self.end and not self.compacted:
      report.violation(path, f"the segment before it ends at {self.end}")
    if base != self.end:
      self.complete = False
    with open(path, "rb") as file:
      size = path.stat().st_size
      data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b"")
    for batch in read_batches(report, path, data):
      self.follow(path, base, batch)
      for record in batch.records:
        yield record, batch
      batch.records = ()
      batches.append(batch)
    padding_allowed, closed = active and not self.clean, not active or self.clean
    for suffix in ("index", "timeindex"):
      if base not in self.files[suffix] and batches:
        report.violation(path, f"the segment has no .{suffix}")
    if base in self.files["index"]:
      check_index(report, self.files["index"][base], base, batches, padding_allowed)
    if base in self.files["timeindex"]:
      check_timeindex(
        report, self.files["timeindex"][base], base, batches, padding_allowed, closed)
    paths = [self.files[suffix].get(base) for suffix in ("index", "timeindex")]
    if self.interval is not None and all(paths):
      check_rule(report, paths, base, batches, self.interval, closed)
    expected = self.producers.aborted[aborted_before:] if self.complete else None
    check_txnindex(report, path.with_suffix(".txnindex"), expected)

  def follow(self, path, base, batch):
    """Put a batch behind those before it."""

    def complain(text):
      self.report.violation(path, f"batch at offset {batch.base}: {text}", batch.position)

    if batch.base < base or batch.last - base > 0x7FFF_FFFF:
      complain(f"out of range in segment {base}")
    if batch.base < self.end or batch.base > self.end and not self.compacted:
      complain(f"the offset before it is {self.end - 1}")
    holds_all = batch.count == batch.last - batch.base + 1
    if not holds_all and not self.compacted:
      complain(f"{batch.count} records for offsets {batch.base}...{batch.last}")
    self.complete = self.complete and batch.base == self.end and holds_all
    self.check_snapshots(batch.base)
    check_sequences = self.complete and self.topic not in COORDINATED
    self.producers.apply(batch, complain, check_sequences)
    self.end = max(self.end, batch.last + 1)
    if self.epochs and batch.epoch < self.epochs[-1][0]:
      complain(f"leader epoch {batch.epoch} after {self.epochs[-1][0]}")
    if not self.epochs or batch.epoch != self.epochs[-1][0]:
      self.epochs.append([batch.epoch, batch.base, batch.last])
    self.epochs[-1][2] = batch.last
    self.batches, self.records = self.batches + 1, self.records + len(batch.records)

  def check_snapshots(self, offset):
    """Check the snapshots up to `offset`, the end of what was applied so far."""
    while self.snapshots and self.snapshots[0] <= offset:
      path = self.files["snapshot"][self.snapshots.pop(0)]
      taken = int(path.stem)
      if taken < self.end and self.complete:
        self.report.violation(path, f"no batch ends before {taken}")
      self.producers.check_snapshot(self.report, path, self.complete and taken == self.end)

  def check_epochs(self):
    """leader-epoch-checkpoint holds where each leader epoch begins; the batches must agree."""
    path = self.directory / "leader-epoch-checkpoint"
    rows = read_checkpoint(self.report, path, 2) if path.exists() else []
    starts = [(int(epoch), int(start)) for epoch, start in rows]
    for earlier, later in zip(starts, starts[1:]):
      if earlier[0] >= later[0] or earlier[1] >= later[1]:
        self.report.violation(path, f"{later} after {earlier}")
    for epoch, first, last in self.epochs:
      if epoch < 0 or last < self.log_start:
        continue
      for offset in {max(first, self.log_start), last}:
        known = [start[0] for start in starts if start[1] <= offset][-1:]
        if known != [epoch]:
          self.report.violation(path, f"offset {offset} has leader epoch {epoch}, not {known}")
          break

  def summary(self):
    open_since = [entry[6] for entry in self.producers.entries.values() if entry[6] >= 0]
    return {
      "topic": self.topic, "partition": self.number, "topicId": self.topic_id,
      "logStart": self.log_start, "end": self.end, "segments": sorted(self.files["log"]),
      "batches": self.batches, "records": self.records,
      "producers": len(self.producers.entries), "openTransactions": sorted(open_since),
      "abortedTransactions": len(self.producers.aborted),
      "leaderEpochs": [[epoch, first] for epoch, first, _ in self.epochs],
      "snapshots": sorted(self.files["snapshot"]), "complete": self.complete,
    }
