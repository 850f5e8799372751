"""fastText: `test` reads a file through and judges each line, all of it in its own C++."""

from __future__ import annotations

from . import main, measure, read

NAME = "fastText"
VARIANTS = {
  "words 1-2, characters 3-5": dict(wordNgrams=2, minn=3, maxn=5),
  "words 1-2": dict(wordNgrams=2),
}


def learn(folder):
  import fasttext
  texts, labels = read(folder)
  with open(folder / "posts.ft", "w", encoding="utf-8") as file:
    for text, label in zip(texts, labels):
      file.write(f"__label__{label} {text}\n")
  for what, options in VARIANTS.items():
    model = measure(
      "own rule", f"{NAME}, {what}", len(texts), lambda: fasttext.train_supervised(
        str(folder / "posts.ft"), thread=2, verbose=0, **options), result="five passes")
    model.save_model(str(folder / f"{what}.ft"))


def judge(folder):
  import fasttext
  count = len(read(folder)[0])
  for what in VARIANTS:
    model = fasttext.load_model(str(folder / f"{what}.ft"))
    measure(what, NAME, count, lambda: model.test(str(folder / "posts.ft")))


main(learn, judge)
