public import ArgumentParser
public import Recurrent

extension StreamingWeights: @retroactive ExpressibleByArgument {}
