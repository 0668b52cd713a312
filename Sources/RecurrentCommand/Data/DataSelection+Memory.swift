import ArgumentParser
import Foundation
import Recurrent
import RecurrentData

extension DataSelection {
  /// The lag of a task for the memory where none is asked for.
  static let usualLag = 100
  /// The longest lag; the longest sequence of a task has a tenth more steps.
  static let mostLag = 50_000

  /// The examples of a task for the memory.
  func drawn(_ task: MemoryTask) throws -> DataSplits {
    let (count, lag) = (drawnCount ?? 20_000, lag ?? Self.usualLag)
    let example = task.dataset(0..<1, lag: lag, seed: 1, split: .training)
    let numberSize = task == .adding ? 4.0 : 1
    let numbers = (count + 2 * Self.drawnHeldOutCount) * example.steps * example.features
    let gigabytes = Double(numbers) * numberSize / 1e9
    guard gigabytes < Double(ProcessInfo.processInfo.physicalMemory) / 2e9 else {
      throw CommandFailure(
        """
        \(title): \(count) examples take about \(decimals(gigabytes, 0)) GB, more than half of this \
        machine's memory; use fewer --examples or a shorter --lag
        """
      )
    }
    let parts = MemoryTask.Split.allCases.map { split in
      task.dataset(
        0..<(split == .training ? count : Self.drawnHeldOutCount),
        lag: lag,
        seed: drawnSeed ?? 1,
        split: split
      )
    }
    var digest = SHA256Digest()
    for part in parts {
      switch part.elements {
      case .bytes(let bytes, _): digest.append(bytes)
      case .floats(let numbers):
        digest.append(
          numbers.flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) }
          }
        )
      default: break
      }
    }
    return DataSplits(
      training: parts[0],
      validation: parts[1],
      test: parts[2],
      fingerprint: digest.hexadecimal
    )
  }
}

extension DataSetName {
  /// Refuses a lag that the data do not have.
  func checkLag(_ lag: Int?) throws {
    guard let lag else { return }
    guard let memoryTask else {
      throw ValidationError("--lag goes with a task for the memory, such as adding")
    }
    try checkCount("--lag", lag, memoryTask.leastLag...DataSelection.mostLag)
  }
}
