import Recurrent
import RecurrentData
import Testing

struct MemoryTaskTests {
  /// The elements of all examples, and what is asked of them, to be compared.
  private func content(_ dataset: SequenceDataset) -> [String] {
    (0..<dataset.count).map { index in
      let part = dataset.slice(index..<index + 1)
      return "\(dataset.values(ofExample: index)) \(part.targets)"
    }
  }

  @Test(arguments: MemoryTask.allCases)
  func `an example depends on its number alone`(task: MemoryTask) {
    let all = task.dataset(0..<20, lag: 30, seed: 5, split: .training)
    let some = task.dataset(7..<9, lag: 30, seed: 5, split: .training)
    #expect(content(some) == Array(content(all)[7..<9]))
    #expect(Set(content(all)).count == 20)
  }

  @Test(arguments: MemoryTask.allCases)
  func `seeds and splits share no examples`(task: MemoryTask) {
    let sets = [1, 2].flatMap { seed in
      MemoryTask.Split.allCases.map { task.dataset(0..<20, lag: 40, seed: seed, split: $0) }
    }
    #expect(Set(sets.flatMap(content)).count == 6 * 20)
  }

  @Test(arguments: MemoryTask.allCases)
  func `a task says what its data sets are like`(task: MemoryTask) {
    for lag in [task.leastLag, 50] {
      let dataset = task.dataset(0..<3, lag: lag, seed: 1, split: .test)
      #expect(dataset.count == 3 && dataset.features == task.features)
      #expect(dataset.steps >= lag)
      #expect(dataset.answersAreClasses != task.asksForNumber)
      #expect(dataset.answersEachStep == task.asksAtSteps)
    }
  }

  @Test(arguments: MemoryTask.allCases.filter { !$0.asksForNumber })
  func `every class is asked for about as often`(task: MemoryTask) {
    let dataset = task.dataset(0..<2_000, lag: 20, seed: 1, split: .training)
    let labels: [Int] =
      switch dataset.targets {
      case .classes(let labels): labels
      case .classesOfSteps(let labels): labels.map(Int.init).filter { $0 >= 0 }
      default: []
      }
    let classes = dataset.classNames.count
    #expect(abs(task.guessing - 1 / Double(classes)) < 1e-12)
    for label in 0..<classes {
      // Of 2,000 draws the share of a class is off by 0.011 in one of three cases at most.
      let share = Double(labels.count { $0 == label }) / Double(labels.count)
      #expect(abs(share - 1 / Double(classes)) < 0.05)
    }
  }

  @Test func `a lag that is too short is refused`() async {
    await #expect(processExitsWith: .failure) {
      _ = MemoryTask.temporalOrder.dataset(0..<1, lag: 9, seed: 1, split: .training)
    }
    await #expect(processExitsWith: .failure) {
      _ = MemoryTask.adding.dataset(0..<0, lag: 9, seed: 1, split: .training)
    }
  }
}
