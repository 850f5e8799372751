"""What the records of __consumer_offsets say: committed offsets and the groups' states."""

import base64
import struct


class Fields:
  """Kafka's primitives, read one after the other; flexible versions have compact lengths."""

  def __init__(self, data):
    self.data, self.position, self.flexible = data, 2, False
    (self.version,) = struct.unpack_from(">h", data)

  def take(self, count):
    if not 0 <= count <= len(self.data) - self.position:
      raise ValueError(f"{count} bytes wanted at {self.position} of {len(self.data)}")
    self.position += count
    return self.data[self.position - count : self.position]

  def number(self, form):
    return struct.unpack(">" + form, self.take(struct.calcsize(form)))[0]

  def compact(self):
    result = shift = 0
    while True:
      byte = self.take(1)[0]
      result |= (byte & 0x7F) << shift
      shift += 7
      if byte < 0x80:
        return result

  def length(self, form):
    return self.compact() - 1 if self.flexible else self.number(form)

  def string(self, nullable=False):
    length = self.length("h")
    return None if nullable and length == -1 else self.take(length).decode()

  def bytes(self):
    return base64.b64encode(self.take(self.length("i"))).decode()

  def array(self, element):
    return [element() for _ in range(self.length("i"))]

  def tags(self):
    if self.flexible:
      for _ in range(self.compact()):
        self.compact()
        self.take(self.compact())

  def end(self):
    self.tags()
    if self.position != len(self.data):
      raise ValueError(f"{len(self.data) - self.position} bytes too many")


def decode_key(data):
  """What a record is about; a "kind" of None is one of the newer group protocols' records."""
  fields = Fields(data)
  if fields.version in (0, 1):
    key = {"kind": "offset", "group": fields.string(), "topic": fields.string()}
    key["partition"] = fields.number("i")
  elif fields.version == 2:
    key = {"kind": "group", "group": fields.string()}
  else:
    return {"kind": None, "keyVersion": fields.version}
  fields.end()
  return key


def decode_offset(fields):
  value = {"offset": fields.number("q")}
  if fields.version >= 3:
    value["leaderEpoch"] = fields.number("i")
  value["metadata"] = fields.string()
  value["commitTimestamp"] = fields.number("q")
  if fields.version == 1:
    value["expireTimestamp"] = fields.number("q")
  return value


def decode_group(fields):
  value = {
    "protocolType": fields.string(), "generation": fields.number("i"),
    "protocol": fields.string(nullable=True), "leader": fields.string(nullable=True)}
  if fields.version >= 2:
    value["currentStateTimestamp"] = fields.number("q")
  value["members"] = fields.array(lambda: decode_member(fields))
  return value


def decode_member(fields):
  member = {"memberId": fields.string()}
  if fields.version >= 3:
    member["groupInstanceId"] = fields.string(nullable=True)
  member.update(clientId=fields.string(), clientHost=fields.string())
  if fields.version >= 1:
    member["rebalanceTimeout"] = fields.number("i")
  member["sessionTimeout"] = fields.number("i")
  member.update(subscription=fields.bytes(), assignment=fields.bytes())
  fields.tags()
  return member


def decode_record(key, value):
  """A record of __consumer_offsets as one object; raises ValueError where it is none."""
  try:
    result = decode_key(key or b"")
    if result["kind"] is None:
      return result
    if value is None:
      return {**result, "value": None}
    fields = Fields(value)
    if not 0 <= fields.version <= 4:
      raise ValueError(f"version {fields.version} of the value")
    fields.flexible = fields.version >= 4
    decode = decode_offset if result["kind"] == "offset" else decode_group
    result["value"] = {"version": fields.version, **decode(fields)}
    fields.end()
    return result
  except (struct.error, UnicodeDecodeError) as error:
    raise ValueError(str(error)) from error
