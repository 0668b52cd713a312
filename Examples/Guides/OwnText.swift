import Foundation
import Recurrent
import RecurrentData

func ownText() throws {
  try String(repeating: "the same words, again and again; ", count: 200)
    .write(toFile: "tinyshakespeare.txt", atomically: true, encoding: .utf8)

  let corpus = try TextCorpus(contentsOf: "tinyshakespeare.txt")
  let dataset = SequenceDataset.nextTokens(of: corpus.training, window: 128, lanes: 64)

  print("\(corpus.vocabulary.count) characters in \(dataset?.count ?? 0) windows")
}
