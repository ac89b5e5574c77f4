namespace AlphaFactory.Core.Experiments;

/// <summary>Does numbered work on several threads and gives the results in the order of the numbers.</summary>
internal static class OrderedParallel
{
    /// <summary>How much work is taken ahead of the result that is waited for, for each thread.</summary>
    private const int Ahead = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>Does the work of the numbers from 0 to <paramref name="count"/> − 1.</summary>
    /// <param name="count">How many numbers there are.</param>
    /// <param name="work">The work; called on several threads.</param>
    /// <param name="threads">How many threads at most.</param>
    /// <param name="waiting">Called on the enumerating thread now and then while a result is waited for.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static IEnumerable<T> Run<T>(
        long count,
        Func<long, CancellationToken, T> work,
        int threads,
        Action waiting,
        CancellationToken cancellation
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var token = stop.Token;
        var factory = new TaskFactory<T>(
            token,
            TaskCreationOptions.DenyChildAttach,
            TaskContinuationOptions.None,
            new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler
        );
        var running = new Queue<Task<T>>();
        try
        {
            for (var next = 0L; next < count || running.Count > 0; )
            {
                for (; next < count && running.Count < threads * Ahead; next++)
                {
                    var number = next;
                    running.Enqueue(factory.StartNew(() => work(number, token), token));
                }

                var first = running.Peek();
                while (Task.WaitAny([first], (int)Patience.TotalMilliseconds, cancellation) < 0)
                {
                    waiting();
                }

                yield return running.Dequeue().GetAwaiter().GetResult();
            }
        }
        finally
        {
            // Nothing may go on working after the caller has gone.
            stop.Cancel();
            while (running.TryDequeue(out var task))
            {
                ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
                _ = task.Exception;
            }
        }
    }
}
