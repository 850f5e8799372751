"""The indexes beside a segment's .log: .index, .timeindex and .txnindex."""

import bisect
import itertools
import struct

ABORTED = struct.Struct(">hqqqq")


def read_entries(report, path, form, padding_allowed):
  """An index's entries, without the zeros to which Kafka grows the active segment's ahead."""
  data = path.read_bytes()
  layout = struct.Struct(form)
  if len(data) % layout.size:
    report.violation(path, f"{len(data)} bytes are no multiple of {layout.size}")
  count = len(data) // layout.size
  used = min(-(-len(data.rstrip(b"\0")) // layout.size), count)
  if used < count and not padding_allowed:
    report.violation(path, f"{count - used} entries of zeros", used * layout.size)
  return [*layout.iter_unpack(data[: used * layout.size])]


def check_rule(report, paths, base, batches, interval, closed):
  """Hold both indexes against what Kafka writes into a segment that was not reopened meanwhile.

  Before a batch is written, if more than `interval` bytes were since the batch of the last entry
  began (or the segment), that batch gets an entry in .index, and the largest timestamp so far one
  in .timeindex, unless its last entry has it; a closed segment gets that one in any case.
  """
  entries, times = [], []
  since, largest = 0, (-1, 0)
  for batch in batches:
    if batch.max_timestamp > largest[0]:
      largest = (batch.max_timestamp, batch.last - base)
    if since > interval:
      entries.append((batch.last - base, batch.position))
      times += [largest] if largest[0] > (times[-1][0] if times else -1) else []
      since = 0
    since += batch.size
  if closed and largest[0] > (times[-1][0] if times else -1):
    times.append(largest)
  for path, form, expected in ((paths[0], ">ii", entries), (paths[1], ">qi", times)):
    content = b"".join(struct.pack(form, *entry) for entry in expected)
    if path.read_bytes().rstrip(b"\0") != content.rstrip(b"\0"):
      report.violation(path, f"by an interval of {interval} bytes it would hold {expected}")


def check_index(report, path, base, batches, padding_allowed):
  """Each entry is a batch's last offset and position; the first batch of a segment has none."""
  at = {batch.position: batch for batch in batches}
  previous = (-1, 0)
  for index, (delta, position) in enumerate(read_entries(report, path, ">ii", padding_allowed)):
    batch = at.get(position)
    if delta <= previous[0] or position <= previous[1]:
      report.violation(path, f"entry {(delta, position)} after {previous}", index * 8)
    if batch is None:
      report.violation(path, f"no batch begins at {position}", index * 8)
    elif batch.last != base + delta:
      report.violation(
        path, f"the batch at {position} ends with {batch.last}, not {base + delta}", index * 8)
    previous = (delta, position)


def check_timeindex(report, path, base, batches, padding_allowed, closed):
  """Each entry is the largest timestamp so far and the last offset of the batch that brought it; a
  closed segment ends with an entry for its largest timestamp."""
  lasts = [batch.last for batch in batches]
  so_far = [-1, *itertools.accumulate((batch.max_timestamp for batch in batches), max)]
  previous = (-1, -1)
  for index, entry in enumerate(read_entries(report, path, ">qi", padding_allowed)):
    timestamp, delta = entry
    number = bisect.bisect_left(lasts, base + delta)
    if timestamp <= previous[0] or delta < previous[1]:
      report.violation(path, f"entry {entry} after {previous}", index * 12)
    previous = entry
    if delta < 0 or number == len(batches):
      report.violation(path, f"no batch holds offset {base + delta}", index * 12)
      continue
    batch = batches[number]
    before = max(so_far[number], -1)
    if batch.max_timestamp != timestamp or before >= timestamp:
      report.violation(
        path, f"timestamp {timestamp} for offset {base + delta}: its batch has "
        f"{batch.max_timestamp}, those before it {before}", index * 12)
    elif batch.last != base + delta:
      report.violation(path, f"offset {base + delta} is not the last of its batch", index * 12)
  largest = so_far[-1]
  if closed and largest > max(previous[0], 0):  # a single (0, 0) looks like padding
    report.violation(path, f"ends with timestamp {previous[0]}; the segment has {largest}")


def check_txnindex(report, path, expected):
  """The aborted transactions whose markers are in the segment; `expected` is None if unknown."""
  data = path.read_bytes() if path.exists() else b""
  if len(data) % ABORTED.size:
    report.violation(path, f"{len(data)} bytes are no multiple of {ABORTED.size}")
  found = [*ABORTED.iter_unpack(data[: len(data) - len(data) % ABORTED.size])]
  previous = -1
  for index, (version, _, first, last, stable) in enumerate(found):
    if version != 0 or not 0 <= first < last or stable < 0 or last <= previous:
      report.violation(path, f"entry {found[index]} after last offset {previous}", index * 34)
    previous = last
  if expected is not None and [entry[1:] for entry in found] != expected:
    report.violation(
      path, f"aborted (producer, first, last, stable) {[entry[1:] for entry in found]}; "
      f"the log has {expected}")
