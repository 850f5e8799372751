"""Record batches as they lie in a .log file, and the report of what is wrong."""

import struct
import sys
from dataclasses import dataclass

import zstandard
from kafka.record import default_records
from kafka.record.util import calc_crc32c

CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
HEADER = struct.Struct(">qiibIhiqqqhii")


def decompress_zstd(payload):
  """Any number of frames, of any size; kafka-python's own stops at 1 MiB where no size is given."""
  return zstandard.ZstdDecompressor().stream_reader(payload, read_across_frames=True).read()


default_records.zstd_decode = decompress_zstd


class Report:
  """What is wrong in the directory, told with file and byte position."""

  def __init__(self, root):
    self.root, self.violations = root, 0

  def violation(self, path, text, position=None):
    self.violations += 1
    self.tell("violation", path, text, position)

  def note(self, path, text, position=None):
    self.tell("note", path, text, position)

  def tell(self, kind, path, text, position):
    where = "" if position is None else f"@{position}"
    print(f"{kind}: {path.relative_to(self.root)}{where}: {text}", file=sys.stderr)


@dataclass
class Batch:
  """The header of a batch and where it stands; `records` are there while it is looked at."""

  position: int
  size: int
  base: int
  epoch: int
  attributes: int
  last: int
  max_timestamp: int
  producer: int
  producer_epoch: int
  sequence: int
  count: int
  records: tuple = ()

  codec = property(lambda self: self.attributes & 7)
  append_time = property(lambda self: bool(self.attributes & 8))
  transactional = property(lambda self: bool(self.attributes & 16))
  control = property(lambda self: bool(self.attributes & 32))

  def sequence_at(self, offset):
    if self.sequence < 0:
      return -1
    return (self.sequence + offset - self.base) & 0x7FFF_FFFF  # 0 follows 2^31 - 1


def read_batches(report, path, data):
  """The batches of a segment, up to its end or to the first byte that begins no batch."""
  position = 0
  while position < len(data):
    if len(data) - position < HEADER.size:
      report.violation(path, f"{len(data) - position} bytes at the end are no batch", position)
      return
    fields = HEADER.unpack_from(data, position)
    base, length, epoch, magic, crc, attributes, delta, _, max_timestamp = fields[:9]
    if magic != 2 or length < HEADER.size - 12 or length > len(data) - position - 12:
      report.violation(path, f"no batch: magic {magic}, length {length}", position)
      return
    batch = Batch(
      position, length + 12, base, epoch, attributes, base + delta, max_timestamp, *fields[9:])
    found = calc_crc32c(data[position + 21 : position + batch.size])
    if found != crc:
      report.violation(path, f"CRC-32C is {found:08x}, the batch says {crc:08x}", position)
    else:
      batch.records = check_records(report, path, batch, data)
    yield batch
    position += batch.size


def check_records(report, path, batch, data):
  """Decode a batch's records and hold them against its header."""

  def complain(text):
    report.violation(path, f"batch at offset {batch.base}: {text}", batch.position)

  if batch.codec >= len(CODECS) or batch.attributes & ~0x7F:
    complain(f"unknown attributes {batch.attributes:#x}")
    return ()
  try:
    content = bytes(data[batch.position : batch.position + batch.size])
    records = tuple(default_records.DefaultRecordBatch(content))
  except Exception as error:  # every codec has errors of its own
    complain(f"records do not decode: {type(error).__name__}: {error}")
    return ()
  if batch.last < batch.base or batch.count < 0:
    complain(f"last offset {batch.last}, {batch.count} records")
  offsets = [record.offset for record in records]
  if offsets != sorted(set(offsets)) or offsets and not (
    batch.base <= offsets[0] and offsets[-1] <= batch.last
  ):
    complain(f"offsets {offsets} do not rise within {batch.base}...{batch.last}")
  largest = max((record.timestamp for record in records), default=batch.max_timestamp)
  if largest != batch.max_timestamp:
    complain(f"largest timestamp {largest}, the header says {batch.max_timestamp}")
  if batch.producer < 0:
    if (batch.producer, batch.producer_epoch, batch.sequence) != (-1, -1, -1):
      complain(f"epoch {batch.producer_epoch}, sequence {batch.sequence} of no producer")
    if batch.transactional and not batch.control:
      complain("transactional without a producer")
  elif batch.producer_epoch < 0 or (batch.sequence < 0) != batch.control:
    complain(f"producer epoch {batch.producer_epoch}, sequence {batch.sequence}")
  if batch.control and batch.producer >= 0 and not (batch.transactional and len(records) == 1):
    complain(f"marker of {len(records)} records, transactional {batch.transactional}")
  return records


def marker_of(record):
  """What a control record says: "abort", "commit" or its type's number, and coordinator epoch."""
  kind = {0: "abort", 1: "commit"}.get(record.type, record.type)
  version, epoch = struct.unpack_from(">hi", record.value or b"", 0) if record.type < 2 else (0, -1)
  return kind, epoch
