internal import ArgumentParser
internal import Node

extension InputForm: ExpressibleByArgument {}
