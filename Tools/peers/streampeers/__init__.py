"""Other streaming engines on the posts that Grouse is measured with: JSON lines in, verdicts out.

Each module is run as `python -m streampeers.NAME FOLDER`: FOLDER/posts/ has files of JSON lines,
FOLDER/complaints.csv the labelled posts to learn from first. It prints one line of JSON.
"""

import json
import resource
import sys
import time


def processor():
  """Seconds of the processor, of this process and of those that it has waited for."""
  used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
  return sum(each.ru_utime + each.ru_stime for each in used)


def report(name, posts, seconds, start, note):
  """What was measured: `seconds` for `posts`; `start` seconds until the first post was out."""
  json.dump({"name": name, "posts": posts, "seconds": seconds, "start": start, "note": note},
            sys.stdout)
  print(flush=True)


def clock():
  return time.monotonic()
