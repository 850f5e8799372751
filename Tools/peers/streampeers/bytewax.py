"""Bytewax: JSON lines, cleaned, through scikit-learn's TF-IDF and logistic regression, into SQLite."""

from . import clock, report

BEGAN = clock()

import csv
import json
import re
import sqlite3
import string
import sys
from pathlib import Path

import bytewax.operators as op
from bytewax.connectors.files import DirSource
from bytewax.dataflow import Dataflow
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from bytewax.testing import run_main
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

ADDRESS = re.compile(r"(?i)(https?://|www\.)\S+")
PUNCTUATION = str.maketrans("", "", string.punctuation)


def cleaned(text):
  return ADDRESS.sub("URL", text).translate(PUNCTUATION)


class Rows(StatelessSinkPartition):
  def __init__(self, path):
    self.base = sqlite3.connect(path)
    self.base.execute("PRAGMA journal_mode = WAL")
    self.base.execute("CREATE TABLE IF NOT EXISTS posts (id TEXT PRIMARY KEY, text TEXT, p REAL)")

  def write_batch(self, batches):
    for rows in batches:
      self.base.executemany("INSERT OR REPLACE INTO posts VALUES (?, ?, ?)", rows)
    self.base.commit()


class Sink(DynamicSink):
  def __init__(self, path):
    self.path = path

  def build(self, step_id, worker_index, worker_count):
    return Rows(self.path)


def flow(model, folder, path):
  def judge(lines):
    posts = [json.loads(line)["data"] for line in lines]
    sure = model.predict_proba([cleaned(post["text"]) for post in posts])[:, 1]
    return [[(post["id"], post["text"], float(p)) for post, p in zip(posts, sure)]]

  flow = Dataflow("posts")
  lines = op.input("lines", flow, DirSource(folder, batch_size=2_000))
  op.output("rows", op.flat_map_batch("judge", lines, judge), Sink(path))
  return flow


def main(folder):
  folder = Path(folder)
  with open(folder / "complaints.csv", newline="") as file:
    rows = list(csv.DictReader(file))
  up = clock() - BEGAN
  model = make_pipeline(TfidfVectorizer(), LogisticRegression())
  model.fit([cleaned(row["text"]) for row in rows], [row["label"] == "complaint" for row in rows])
  began = clock()
  run_main(flow(model, folder / "one", folder / "one.sqlite"))
  start = up + clock() - began
  began = clock()
  run_main(flow(model, folder / "posts", folder / "posts.sqlite"))
  seconds = clock() - began
  count = sqlite3.connect(folder / "posts.sqlite").execute("SELECT count(*) FROM posts").fetchone()
  report("Bytewax, one worker", count[0], seconds, start, "scikit-learn inside, to SQLite")


main(sys.argv[1])
