"""scikit-learn: hashed n-grams and a linear model by stochastic gradient descent."""

import pickle

from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline, make_union

from . import main, measure, read

NAME = "scikit-learn"
JUDGED = 50_000


def words():
  return HashingVectorizer(ngram_range=(1, 2))


def characters():
  return HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5))


VARIANTS = {
  "words 1-2, characters 3-5": lambda: make_union(words(), characters()),
  "words 1-2": words,
}


def learn(folder):
  texts, labels = read(folder)
  for what, features in VARIANTS.items():
    model = make_pipeline(features(), SGDClassifier(loss="log_loss", random_state=1))
    measure("own rule", f"{NAME}, SGD, {what}", len(texts), lambda: model.fit(texts, labels),
            result="until it gains no more")
    (folder / f"{what}.pickle").write_bytes(pickle.dumps(model))


def judge(folder):
  texts = read(folder)[0][:JUDGED]
  for what in VARIANTS:
    model = pickle.loads((folder / f"{what}.pickle").read_bytes())
    measure(what, NAME, len(texts), lambda: model.decision_function(texts))


main(learn, judge)
