import Recurrent
import RecurrentData
import RecurrentMPI

/// Trains one model with all processes that `mpirun` started; every one of them has it at the end.
@main
struct TrainTogether {
  static func main() throws {
    #if MPI
    let processes = try MPIProcesses.start()
    let digits = DrawnDigits.dataset(count: 2000, seed: 1, split: .training)
    let trainer = Trainer(
      SequenceModel.lstm(inputSize: 28, hiddenSize: 64, classes: 10, seed: 1),
      optimizer: Adam(learningRate: 0.005),
      options: TrainingOptions(epochs: 2, seed: 1, threads: 1, processes: processes)
    )
    for _ in 1...2 {
      let report = try trainer.trainEpoch(on: digits)
      if processes.isFirst { print("epoch \(report.epoch): cost \(report.averageCost)") }
    }
    let digest = SHA256Digest.hexadecimal(of: trainer.model.safetensors.bytes)
    print("process \(processes.rank) of \(processes.count) has model \(digest.prefix(12))")
    try processes.end()
    #else
    print("This example trains in several processes; build it with --traits MPI.")
    #endif
  }
}
