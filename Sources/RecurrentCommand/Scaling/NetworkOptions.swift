import ArgumentParser

/// What joins the processes, as it is asked for.
struct NetworkOptions: ParsableArguments {
  @Option(
    help: """
      A network by name, whose typical figures are assumed: gigabit (50 µs, 1 Gb/s), 10g (25 µs, \
      10 Gb/s), 100g (3 µs, 100 Gb/s) or infiniband (1.5 µs, 200 Gb/s). Default: 10g.
      """
  )
  var network: NetworkName?

  @Option(
    parsing: .unconditional,
    help: "Microseconds of a message of no bytes, instead of the network's."
  )
  var latency: Double?

  @Option(parsing: .unconditional, help: "Gigabits a second, instead of the network's.")
  var bandwidth: Double?

  @Option(parsing: .unconditional, help: "Processes of a node, which share its network card.")
  var processesPerNode = 1

  @Option(
    parsing: .unconditional,
    help: "Microseconds of a message of no bytes within a node."
  )
  var nodeLatency = 0.5

  func validate() throws {
    for (name, value) in [("--latency", latency), ("--node-latency", nodeLatency)] {
      if let value, !(0...1e6 ~= value) {
        throw ValidationError("\(name) is \(value); use microseconds from 0 to 1000000")
      }
    }
    if let bandwidth, !(bandwidth > 0 && bandwidth <= 1e6) {
      throw ValidationError(
        "--bandwidth is \(bandwidth); use gigabits a second above 0, up to 1000000"
      )
    }
    if network != nil && latency != nil && bandwidth != nil {
      throw ValidationError(
        "--latency and --bandwidth leave nothing of --network; leave one of them out"
      )
    }
    try checkCount("--processes-per-node", processesPerNode, 1...1024)
  }

  /// The network whose figures are used; nil where both were given.
  var name: NetworkName? {
    latency != nil && bandwidth != nil ? nil : network ?? .tenGigabit
  }

  /// The network, whose nodes copy messages from process to process as fast as was measured.
  func makeNetwork(_ costs: StepCosts) -> Network {
    let name = network ?? .tenGigabit
    return Network(
      between: Link(
        latency: (latency ?? name.microseconds) / 1e6,
        bandwidth: (bandwidth ?? name.gigabits) * 1e9 / 8
      ),
      within: Link(
        latency: nodeLatency / 1e6,
        // Into the memory that processes share, and out of it.
        bandwidth: costs.bytes / (2 * max(costs.copying, 1e-9))
      ),
      processesPerNode: processesPerNode
    )
  }
}

extension NetworkName: ExpressibleByArgument {}
