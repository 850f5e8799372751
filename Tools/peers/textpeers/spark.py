"""SparkML: the usual pipeline for tweets with its logistic regression, on all cores it is given.

The virtual machine is warm when it is measured: everything has run once on the same posts before.
"""

import os
import shutil
import string
import sys

if not shutil.which("java") and "JAVA_HOME" not in os.environ:
  sys.exit("SparkML needs a Java of 17 or later (Debian: openjdk-17-jre-headless)")

from pyspark.ml import Pipeline
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.feature import IDF, CountVectorizer, RegexTokenizer, StopWordsRemover
from pyspark.sql import SparkSession, functions

from . import main, measure

NAME = "SparkML"
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
ROUNDS = 3


def session():
  spark = (
    SparkSession.builder.master(f"local[{CORES}]").config("spark.driver.memory", "6g")
    .config("spark.ui.enabled", "false").getOrCreate())
  spark.sparkContext.setLogLevel("ERROR")
  return spark


def posts(spark, folder):
  """The posts in memory, in as many parts as there are cores."""
  table = (
    spark.read.schema("label DOUBLE, text STRING").option("sep", "\t").option("quote", "")
    .csv(str(folder / "posts.tsv")).repartition(CORES).cache())
  return table, table.count()


def cleaned(table):
  """Addresses as a word, without ASCII's punctuation, as a stream's consumer does it."""
  address = functions.regexp_replace("text", r"(?i)(https?://|www\.)\S+", "URL")
  return table.withColumn("clean", functions.translate(address, string.punctuation, ""))


def stages():
  return [
    RegexTokenizer(inputCol="clean", outputCol="all", pattern=r"\s"),
    StopWordsRemover(inputCol="all", outputCol="words"),
    CountVectorizer(inputCol="words", outputCol="counts"),
    IDF(inputCol="counts", outputCol="features", minDocFreq=3),
  ]


def learn(folder):
  spark = session()
  table, count = posts(spark, folder)
  learner = LogisticRegression(maxIter=100, regParam=0.01)
  pipeline = Pipeline(stages=[*stages(), learner])
  vectors = Pipeline(stages=stages()).fit(cleaned(table)).transform(cleaned(table))
  vectors = vectors.select("label", "features").cache()
  vectors.count()
  loss = lambda model: model.summary.objectiveHistory[-1]
  learner.fit(vectors)
  note = f"local[{CORES}], at most 100 iterations"
  for _ in range(ROUNDS):
    measure("spark pipeline, logistic regression alone", NAME, count, lambda: learner.fit(vectors),
            loss, note)
  whole = lambda: pipeline.fit(cleaned(table))
  for _ in range(ROUNDS):
    model = measure(
      "spark pipeline", NAME, count, whole, lambda found: loss(found.stages[-1]), note)
  model.write().overwrite().save(str(folder / "spark"))
  spark.stop()


def judge(folder):
  from pyspark.ml import PipelineModel
  spark = session()
  table, count = posts(spark, folder)
  model = PipelineModel.load(str(folder / "spark"))
  work = lambda: model.transform(cleaned(table)).agg(functions.sum("prediction")).collect()
  work()
  measure("words 1-2", f"{NAME}'s pipeline (words)", count, work)
  spark.stop()


main(learn, judge)
