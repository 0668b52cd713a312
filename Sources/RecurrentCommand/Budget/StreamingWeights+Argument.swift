public import ArgumentParser
public import Recurrent

extension StreamingWeights: ExpressibleByArgument {}
