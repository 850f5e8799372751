"""Spark Structured Streaming: JSON lines, cleaned, through a SparkML pipeline, into foreachBatch."""

from . import clock, report

BEGAN = clock()

import os
import shutil
import string
import sys
from pathlib import Path

if not shutil.which("java") and "JAVA_HOME" not in os.environ:
  sys.exit("Spark needs a Java of 17 or later (Debian: openjdk-17-jre-headless)")

from pyspark.ml import Pipeline
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.feature import IDF, CountVectorizer, RegexTokenizer, StopWordsRemover
from pyspark.sql import SparkSession, functions

SCHEMA = "data STRUCT<id STRING, text STRING, author_id STRING, created_at STRING>"


def cleaned(table):
  address = functions.regexp_replace("text", r"(?i)(https?://|www\.)\S+", "URL")
  return table.withColumn("clean", functions.translate(address, string.punctuation, ""))


def query(spark, model, folder, out):
  """Runs over all files of a folder; returns when each batch was out, and its posts."""
  done = []

  def write(batch, epoch):
    batch.write.mode("overwrite").parquet(str(out / f"rows-{epoch}"))
    done.append(clock())

  lines = (spark.readStream.schema(SCHEMA).option("maxFilesPerTrigger", 2)
           .json(str(folder)).select("data.*"))
  verdicts = model.transform(cleaned(lines)).select("id", "author_id", "created_at", "text",
                                                    "prediction")
  stream = (verdicts.writeStream.foreachBatch(write).trigger(availableNow=True)
            .option("checkpointLocation", str(out / "checkpoint")).start())
  stream.awaitTermination()
  return done


def main(folder):
  folder = Path(folder)
  spark = (SparkSession.builder.master("local[2]").config("spark.driver.memory", "4g")
           .config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "2")
           .getOrCreate())
  spark.sparkContext.setLogLevel("ERROR")
  up = clock() - BEGAN
  table = (spark.read.option("header", True).option("multiLine", True).option("escape", '"')
           .csv(str(folder / "complaints.csv")))
  table = table.withColumn("label", (table.label == "complaint").cast("double"))
  model = Pipeline(stages=[
    RegexTokenizer(inputCol="clean", outputCol="all", pattern=r"\s"),
    StopWordsRemover(inputCol="all", outputCol="words"),
    CountVectorizer(inputCol="words", outputCol="counts"),
    IDF(inputCol="counts", outputCol="features", minDocFreq=3),
    LogisticRegression(maxIter=20, regParam=0.01),
  ]).fit(cleaned(table))
  began = clock()
  first = query(spark, model, folder / "one", folder / "spark-one")
  start = up + first[0] - began
  # Warm: the same once before it counts.
  query(spark, model, folder / "posts", folder / "spark-warm")
  began = clock()
  query(spark, model, folder / "posts", folder / "spark-out")
  seconds = clock() - began
  written = spark.read.parquet(str(folder / "spark-out" / "rows-*")).count()
  report("Spark Structured Streaming, local[2]", written, seconds, start,
         "JSON lines to Parquet, warm")
  spark.stop()


main(sys.argv[1])
