package import Bytes
package import SupportDesk

extension ReplayComparison {
  /// All of it, in the names that scripts rely on.
  package var json: JSON {
    let subjects: [JSON] = bySubject.sorted { $0.key < $1.key }.map { name, subject in
      [
        "subject": .text(name), "posts_before": JSON(subject.posts.before),
        "posts": JSON(subject.posts.after),
        "complaints_before": JSON(subject.complaints.before),
        "complaints": JSON(subject.complaints.after),
      ]
    }
    let flips: [JSON] = largestFlips.map { flip in
      [
        "id": .text(flip.id), "text": .text(flip.text), "label_before": .text(flip.before.label),
        "label": .text(flip.after.label),
        "probability_before": JSON(flip.before.probability),
        "probability": JSON(flip.after.probability),
        "words_before": .array(flip.before.words.map { .text($0) }),
        "words": .array(flip.after.words.map { .text($0) }),
      ]
    }
    return [
      "models_before": .array(models.before.sorted().map { .text($0) }),
      "models": .array(models.after.sorted().map { .text($0) }), "posts": JSON(posts),
      "only_replayed": JSON(onlyReplayed), "flipped": JSON(flipped),
      "confusion": .array(confusion.map { .array($0.map { JSON($0) }) }),
      "subjects": .array(subjects), "flips": .array(flips),
    ]
  }
}
