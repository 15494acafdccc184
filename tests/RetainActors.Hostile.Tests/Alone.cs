// Processor time and allocation are those of the process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
