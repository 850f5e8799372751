"""The root of a log directory: its own files, and the names of the partitions' directories."""

import base64
import binascii
import json
import re

PARTITION = re.compile(r"[A-Za-z0-9._-]{1,249}-(0|[1-9]\d{0,9})")
MOVING = re.compile(r"[A-Za-z0-9._-]+-\d+\.[0-9a-f]{32}-(delete|future|stray)")
METADATA_LOG = "__cluster_metadata-0"  # of Kafka's controller; kept otherwise than a topic's
OFFSETS = (
  "recovery-point-offset-checkpoint", "replication-offset-checkpoint",
  "log-start-offset-checkpoint", "cleaner-offset-checkpoint")


def is_uuid(text):
  """Whether it is an id as Kafka writes them: 16 bytes, not all zero, in URL-safe base64."""
  try:
    return len(text) == 22 and any(base64.b64decode(text + "==", b"-_", validate=True))
  except binascii.Error:
    return False


def read_text(report, path):
  try:
    return path.read_bytes().decode()
  except UnicodeDecodeError as error:
    report.violation(path, f"is not UTF-8: {error}", error.start)
    return ""


def read_checkpoint(report, path, width):
  """The rows of a checkpoint: version 0, the number of rows, then rows of `width` fields."""
  text = read_text(report, path)
  lines = text.split("\n")
  rows = [tuple(line.split(" ")) for line in lines[2:-1]]
  if lines[0] != "0" or lines[-1] or lines[1:2] != [str(len(rows))]:
    report.violation(path, f"{text!r} is not version 0, a count, and as many lines")
    return []
  position = len(lines[0]) + len(lines[1]) + 2
  good = []
  for row in rows:
    numbers = row if width == 2 else row[1:]
    if len(row) != width or not all(re.fullmatch(r"0|[1-9]\d{0,18}", field) for field in numbers):
      report.violation(path, f"row {' '.join(row)!r}", position)
    elif width == 3 and row[:2] in [other[:2] for other in good]:
      report.violation(path, f"{row[0]}-{row[1]} twice", position)
    else:
      good.append(row)
    position += len(" ".join(row).encode()) + 1
  return good


def read_topic_id(report, path):
  """partition.metadata; without it Kafka 4 takes the partition for a stray and sets it aside."""
  if not path.is_file():
    report.violation(path, "is missing")
    return None
  match = re.fullmatch(r"version: 0\ntopic_id: (\S+)(\n?)", read_text(report, path))
  if not match or not is_uuid(match[1]):
    report.violation(path, f"{path.read_bytes()!r} is not version 0 and a topic id")
    return None
  if match[2]:
    report.note(path, "ends with a newline, which Kafka does not write")
  return match[1]


def check_properties(report, path):
  """meta.properties, without which no broker starts."""
  if not path.is_file():
    report.violation(path, "is missing")
    return
  lines = [line for line in read_text(report, path).splitlines() if line and line[0] not in "#!"]
  properties = dict(line.partition("=")[::2] for line in lines)
  if properties.get("version") != "1":
    report.violation(path, f"version={properties.get('version')}")
  if not properties.get("cluster.id"):
    report.violation(path, "no cluster.id")
  if not re.fullmatch(r"0|[1-9]\d*", properties.get("node.id", "")):
    report.violation(path, f"node.id={properties.get('node.id')}")
  if not is_uuid(properties.get("directory.id", "")):
    report.violation(path, f"directory.id={properties.get('directory.id')}")


def check_clean_shutdown(report, path):
  """The mark of a clean shutdown: JSON since Kafka 3.7, empty before. Gives whether it is there."""
  if not path.exists():
    return False
  text = read_text(report, path)
  try:
    content = json.loads(text) if text else {"version": "0"}
    if str(content["version"]) != "0":
      report.violation(path, f"version {content['version']}")
  except (ValueError, TypeError, KeyError) as error:
    report.violation(path, f"{text!r}: {type(error).__name__}: {error}")
  return True


def read_root(report, root):
  """Check the root's files. Gives the partitions' directories, the checkpoints' offsets by file and
  partition, and whether Kafka would trust the directory as cleanly shut down."""
  directories = []
  for path in sorted(root.iterdir()):
    if not path.is_dir() or path.name == "remote-log-index-cache":
      continue  # Kafka ignores files that it does not know
    if MOVING.fullmatch(path.name) or path.name == METADATA_LOG:
      report.note(path, "not looked into")
    elif PARTITION.fullmatch(path.name):
      directories.append(path)
    else:
      report.violation(path, "is no partition's directory: Kafka would not start")
  check_properties(report, root / "meta.properties")
  offsets = {}
  for name in OFFSETS:
    rows = read_checkpoint(report, root / name, 3) if (root / name).is_file() else []
    offsets[name] = {f"{topic}-{partition}": int(offset) for topic, partition, offset in rows}
  return directories, offsets, check_clean_shutdown(report, root / ".kafka_cleanshutdown")


def check_offsets(report, root, offsets, partition, clean):
  """Hold the checkpoints against a partition's log."""
  name, end = partition.directory.name, partition.end
  for checkpoint, values in offsets.items():
    if values.get(name, 0) > end:
      report.violation(root / checkpoint, f"{name} {values[name]}, but its log ends at {end}")
  recovered = offsets["recovery-point-offset-checkpoint"].get(name)
  if clean and recovered != end:
    report.violation(
      root / "recovery-point-offset-checkpoint",
      f"{name} {recovered}, not its log's end {end} in spite of the clean shutdown")
