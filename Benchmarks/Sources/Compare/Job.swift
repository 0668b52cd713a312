import Recurrent
import Workloads

/// Something that several contenders do, in turns.
struct Job {
  /// Who takes part, with what.
  struct Entry {
    let entrant: Entrant
    let workload: Workload
  }

  /// How the contenders run.
  enum Form {
    /// As processes that stay alive and are asked for times; the first one is ours.
    case conversation([Entry])
    /// As whole processes, timed from their start to their end.
    case wholeProcess
  }

  /// What the command line calls it.
  let name: String
  /// What is done, in a few words.
  let title: String
  /// The threads each contender may use.
  let threads: Int
  /// Who takes part and how.
  let form: Form
  /// Whether contenders do unequal work, so that only operations per second can be compared.
  var comparesRates = false

  /// Every job, in the order of the results.
  static let all: [Job] = [
    train(notebook),
    train(notebook, threads: 1),
    train(Workload(.train, batch: 64, steps: 784, features: 1, hidden: 128)),
    train(Workload(.train, batch: 32, steps: 100, features: 64, hidden: 64)),
    train(Workload(.train, batch: 128, steps: 28, features: 28, hidden: 512)),
    trainBFloat16,
    infer(Workload(.infer, batch: 128, steps: 28, features: 28, hidden: 128)),
    infer(Workload(.infer, batch: 64, steps: 784, features: 1, hidden: 128)),
    stream(Workload(.stream, features: 28, hidden: 128)),
    stream(Workload(.stream, features: 64, hidden: 64)),
    stream(Workload(.stream, features: 1, hidden: 16)),
    matrixProduct(threads: allThreads),
    matrixProduct(threads: 1),
    Job(
      name: "whole-process",
      title: "one epoch of MNIST, from the start of the process to the tested and saved model",
      threads: allThreads,
      form: .wholeProcess
    ),
  ]

  private static let allThreads = TrainingOptions.availableThreads
  private static let notebook = Workload(.train, batch: 128, steps: 28, features: 28, hidden: 128)
  private static let trainers: [Entrant] = [
    .recurrent, .torch, .torchCompiled, .keras, .tensorflowGraph, .jax, .mlx,
  ]

  private static func train(_ workload: Workload, threads: Int? = nil) -> Job {
    Job(
      name: "train-\(sizes(workload))" + (threads.map { "-\($0)-thread" } ?? ""),
      title: "one training step, \(description(workload)), \(threadsText(threads ?? allThreads))",
      threads: threads ?? allThreads,
      form: .conversation(trainers.map { Entry(entrant: $0, workload: workload) })
    )
  }

  private static var trainBFloat16: Job {
    let entrants = [Entrant.recurrentBFloat16, .torchBFloat16] + trainers
    return Job(
      name: "train-\(sizes(notebook))-bfloat16",
      title: "one training step with bfloat16 products, \(description(notebook))",
      threads: allThreads,
      form: .conversation(entrants.map { Entry(entrant: $0, workload: notebook) })
    )
  }

  private static func infer(_ workload: Workload) -> Job {
    let entrants = trainers + [.onnxruntime]
    return Job(
      name: "infer-\(sizes(workload))",
      title: "the logits of a batch, \(description(workload)), \(threadsText(allThreads))",
      threads: allThreads,
      form: .conversation(entrants.map { Entry(entrant: $0, workload: workload) })
    )
  }

  private static func stream(_ workload: Workload) -> Job {
    let entrants: [Entrant] = [
      .recurrent, .torch, .torchCell, .onnxruntime, .onnxruntimeRun, .jax, .mlx,
    ]
    return Job(
      name: "stream-\(workload.features)x\(workload.hidden)",
      title: """
        one time step of one sequence, state carried, \(features(workload)), \
        \(workload.hidden) hidden units, 1 thread
        """,
      threads: 1,
      form: .conversation(entrants.map { Entry(entrant: $0, workload: workload) })
    )
  }

  private static func matrixProduct(threads: Int) -> Job {
    Job(
      name: "matrix-product" + (threads == 1 ? "-1-thread" : ""),
      title: """
        a training step's rate beside that of OpenBLAS's product of matrices of 2048 rows, \
        \(threadsText(threads))
        """,
      threads: threads,
      form: .conversation([
        Entry(entrant: .recurrent, workload: notebook),
        Entry(entrant: .openBLAS, workload: Workload(.product, hidden: 2048)),
      ]),
      comparesRates: true
    )
  }

  private static func sizes(_ workload: Workload) -> String {
    "\(workload.batch)x\(workload.steps)x\(workload.features)x\(workload.hidden)"
  }

  private static func description(_ workload: Workload) -> String {
    """
    batch \(workload.batch), \(workload.steps) steps of \(features(workload)), \
    \(workload.hidden) hidden units
    """
  }

  private static func features(_ workload: Workload) -> String {
    workload.features == 1 ? "1 feature" : "\(workload.features) features"
  }

  private static func threadsText(_ threads: Int) -> String {
    threads == 1 ? "1 thread" : "\(threads) threads"
  }
}
