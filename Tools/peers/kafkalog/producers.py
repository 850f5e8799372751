"""What Kafka knows of a partition's producers, and the .snapshot files that hold it."""

import struct

from kafka.record.util import calc_crc32c

from .batches import marker_of

SNAPSHOT_ENTRY = struct.Struct(">qhiqiqiq")
EXPIRY = 24 * 3600 * 1000  # producer.id.expiration.ms: an idle producer may be forgotten


class Producers:
  """What Kafka knows of a partition's producers after the batches applied so far."""

  # An entry holds a snapshot's fields after the producer id.
  NAMES = "epoch lastSequence lastOffset offsetDelta timestamp coordinatorEpoch txnFirst".split()
  EMPTY = [-1, -1, -1, 0, -1, -1, -1]

  def __init__(self):
    self.entries, self.aborted = {}, []

  def apply(self, batch, complain, check_sequences):
    if batch.producer < 0 or batch.control and not batch.records:
      return
    entry = self.entries.setdefault(batch.producer, list(self.EMPTY))
    if batch.producer_epoch < entry[0]:
      complain(f"producer {batch.producer} epoch {batch.producer_epoch} after {entry[0]}")
    known = entry[0] >= 0
    if batch.producer_epoch != entry[0]:
      entry[0:4] = [batch.producer_epoch, -1, -1, 0]
    if batch.control:
      self.end_transaction(batch, entry, complain)
      return
    expected = (entry[1] + 1) & 0x7FFF_FFFF
    if check_sequences and known and batch.sequence != expected:
      complain(f"producer {batch.producer} sequence {batch.sequence}, not {expected}")
    last = batch.last
    entry[1:5] = [batch.sequence_at(last), last, last - batch.base, batch.max_timestamp]
    if batch.transactional and entry[6] < 0:
      entry[6] = batch.base
    elif entry[6] >= 0 and not batch.transactional:
      complain(f"not transactional, in the transaction of producer {batch.producer}")

  def end_transaction(self, batch, entry, complain):
    record = batch.records[0]
    try:
      kind, coordinator = marker_of(record)
    except struct.error:
      complain("marker without a coordinator epoch")
      return
    if coordinator < entry[5]:
      complain(f"coordinator epoch {coordinator} after {entry[5]}")
    first, entry[4:7] = entry[6], [record.timestamp, coordinator, -1]
    if kind == "abort" and first >= 0:
      open_since = [other[6] for other in self.entries.values() if other[6] >= 0]
      stable = min(open_since, default=batch.base + 1)
      self.aborted.append((batch.producer, first, batch.base, stable))

  def check_snapshot(self, report, path, compare):
    """Check a snapshot's form, and if `compare` its entries against these. Gives the entries."""
    data = path.read_bytes()
    if len(data) < 10:
      report.violation(path, f"{len(data)} bytes are no snapshot")
      return {}
    version, crc, count = struct.unpack_from(">hIi", data)
    if version != 1:
      report.violation(path, f"version {version}", 0)
    if calc_crc32c(data[6:]) != crc:
      report.violation(path, f"CRC-32C is {calc_crc32c(data[6:]):08x}, the file says {crc:08x}", 2)
    if len(data) != 10 + count * SNAPSHOT_ENTRY.size:
      report.violation(path, f"{count} entries in {len(data)} bytes", 6)
      return {}
    found = {}
    for index, (producer, *entry) in enumerate(SNAPSHOT_ENTRY.iter_unpack(data[10:])):
      position = 10 + index * SNAPSHOT_ENTRY.size
      if producer in found:
        report.violation(path, f"producer {producer} twice", position)
      found[producer] = entry
      expected = self.entries.get(producer)
      if compare and entry != expected:
        given = dict(zip(self.NAMES, entry))
        wanted = dict(zip(self.NAMES, expected)) if expected else "no such producer"
        report.violation(path, f"producer {producer} {given}; the log has {wanted}", position)
    written = path.stat().st_mtime * 1000
    for producer in self.entries.keys() - found.keys() if compare else ():
      entry = self.entries[producer]
      if entry[6] >= 0 or written - entry[4] < EXPIRY:
        report.violation(path, f"producer {producer} is missing")
    return found
