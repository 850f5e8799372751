"""Vowpal Wabbit's file driver: the program `vw` where it is installed, else the same driver within
its Python library (`python -m vowpalwabbit`), since neither Debian nor PyPI has the program."""

import os
import shutil
import subprocess

from . import main, measure, read

VW = shutil.which("vw")
if not VW:
  import vowpalwabbit

# What, who, model, input file, options. It has no n-grams of characters itself: where ours reads
# them, its file has them as words of a second namespace.
VARIANTS = [
  ("words 1-2", "Vowpal Wabbit, defaults (words)", "words", "plain", []),
  ("words 1-2", "Vowpal Wabbit, --ngram 2", "pairs", "plain", ["--ngram", "2"]),
  ("words 1-2, characters 3-5", "Vowpal Wabbit, --ngram w2, characters in its file", "all", "whole",
   ["--ngram", "w2"]),
]
PLAIN = str.maketrans({"|": " ", ":": " "})  # they mean something else in its files


def drive(arguments):
  """Reads a file through: learns, or with -t judges. What it prints of its progress is dropped."""
  arguments = [str(argument) for argument in arguments]
  if VW:
    subprocess.run([VW, *arguments], check=True, stderr=subprocess.DEVNULL)
  else:
    vowpalwabbit.Workspace(arg_list=arguments).finish()


def characters(text):
  """The n-grams of 3 to 5 characters within words and the blanks around them."""
  words = [f"_{word}_" for word in text.split()]
  return " ".join(word[start:start + length] for word in words for length in (3, 4, 5)
                  for start in range(len(word) - length + 1))


def learn(folder):
  texts, labels = read(folder)
  with (open(folder / "plain", "w", encoding="utf-8") as plain,
        open(folder / "whole", "w", encoding="utf-8") as whole):
    for text, label in zip(texts, labels):
      text, side = text.translate(PLAIN), 2 * label - 1
      plain.write(f"{side} | {text}\n")
      whole.write(f"{side} |w {text} |c {characters(text)}\n")
  os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
  for _, name, model, file, options in VARIANTS:
    arguments = ["-d", folder / file, "-f", folder / model, "--loss_function", "logistic", *options]
    measure("own rule", name, len(texts), lambda: drive(arguments), result="one pass")


def judge(folder):
  count = len(read(folder)[0])
  os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
  for what, name, model, file, _ in VARIANTS:
    arguments = ["-t", "-d", folder / file, "-i", folder / model]
    measure(what, name, count, lambda: drive(arguments))


main(learn, judge)
