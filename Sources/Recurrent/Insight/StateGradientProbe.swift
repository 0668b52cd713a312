import Synchronization

/// Adds up the norms of the gradients that arrive at the states of layers.
final class StateGradientProbe: Sendable {
  /// What a sum of norms is of.
  private struct Key: Hashable {
    let layer: Int
    let isReversed: Bool
    let place: Int
    let part: String
  }

  /// The norms of one part of a state, by the steps that were read after it.
  private struct Sums {
    var norms: [Double] = []
    var examples: [Int] = []

    mutating func makeRoom(for count: Int) {
      guard norms.count < count else { return }
      norms += Array(repeating: 0, count: count - norms.count)
      examples += Array(repeating: 0, count: count - examples.count)
    }
  }

  private let sums = Guarded([Key: Sums]())

  /// The state, each of whose parts `[rows, units]` tells the probe when its gradient arrives.
  ///
  /// Row `n` has `lengths[n]` steps and so many answers, over which its loss is a mean.
  func observed(
    _ state: ObservedState,
    ofLayer layer: Int,
    lengths: [Int],
    answers: [Int]
  ) -> [Tensor] {
    // The number of steps that are read after this one; nil where the row does not have it.
    let distances = lengths.map { length in
      state.step >= length ? nil : state.isReversed ? state.step : length - 1 - state.step
    }
    return state.parts.enumerated().map { place, part in
      let key = Key(
        layer: layer,
        isReversed: state.isReversed,
        place: place,
        part: place < state.names.count ? state.names[place] : "part \(place) of the state"
      )
      sums.withLock { sums in
        for case let distance? in distances {
          sums[key, default: Sums()].makeRoom(for: distance + 1)
          sums[key]?.examples[distance] += 1
        }
      }
      return Tape.operation([part]) { inputs, _ in
        (
          inputs[0],
          { [self] gradient in
            add(gradient, to: key, distances, answers)
            return [gradient]
          }
        )
      }
    }
  }

  private func add(_ gradient: Tensor, to key: Key, _ distances: [Int?], _ answers: [Int]) {
    let (units, elements) = (gradient.shape[1], gradient.elements)
    sums.withLock { sums in
      for (row, distance) in distances.enumerated() {
        guard let distance, answers[row] > 0 else { continue }
        let squares = elements[row * units..<(row + 1) * units]
          .reduce(0) { $0 + Double($1) * Double($1) }
        sums[key]?.norms[distance] += squares.squareRoot() / Double(answers[row])
      }
    }
  }

  /// What was seen.
  var flow: GradientFlow {
    let sums = sums.withLock(\.self)
    let keys = sums.keys.sorted {
      ($0.layer, $0.isReversed ? 1 : 0, $0.place) < ($1.layer, $1.isReversed ? 1 : 0, $1.place)
    }
    return GradientFlow(
      paths: keys.compactMap { key in
        sums[key].map { sums in
          GradientFlow.Path(
            layer: key.layer,
            isReversed: key.isReversed,
            part: key.part,
            norms: zip(sums.norms, sums.examples).map { $1 > 0 ? $0 / Double($1) : 0 }
          )
        }
      }
    )
  }
}
