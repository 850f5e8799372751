"""Other text classifiers, each a module with two steps: `learn` from the posts of a folder, then
`judge` them. Each prints what it took as JSON lines; Tools/peers/texts runs them."""

import json
import os
import sys
import time
from pathlib import Path


def read(folder):
  """The posts' texts and labels, which are 0 and 1."""
  lines = Path(folder, "posts.tsv").read_text(encoding="utf-8").split("\n")[:-1]
  labels, texts = zip(*(line.split("\t", 1) for line in lines))
  return texts, [int(label) for label in labels]


def processor_time():
  """Of this process's threads and of the programs that it has run."""
  return time.process_time() + sum(os.times()[2:4])


def measure(what, name, posts, work, loss=None, result=""):
  """Prints how long `work` took; gives what it returned."""
  start, before = time.perf_counter(), processor_time()
  outcome = work()
  seconds, processor = time.perf_counter() - start, processor_time() - before
  print(json.dumps({"what": what, "name": name, "posts": posts, "seconds": seconds,
                    "processor": processor, "loss": loss and loss(outcome), "result": result}),
        flush=True)
  return outcome


def main(learn, judge):
  step, folder = sys.argv[1:]
  {"learn": learn, "judge": judge}[step](Path(folder))
