using System.Diagnostics;

namespace AlphaFactory.Core.Experiments;

/// <summary>Does numbered work on several threads and gives the results in the order of the numbers.</summary>
internal static class OrderedParallel
{
    /// <summary>How many chunks are taken ahead of the one that is waited for, for each thread.</summary>
    private const int Ahead = 4;

    /// <summary>The most numbers that a chunk has.</summary>
    private const int MostAtOnce = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>A chunk that takes less is followed by larger ones, and one that takes much more by smaller ones.</summary>
    private static readonly TimeSpan WorthATask = TimeSpan.FromMilliseconds(1);

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
        var factory = new TaskFactory<Chunk<T>>(
            token,
            TaskCreationOptions.DenyChildAttach,
            TaskContinuationOptions.None,
            new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, threads).ConcurrentScheduler
        );
        var running = new Queue<Task<Chunk<T>>>();
        var size = 1;
        try
        {
            for (var next = 0L; next < count || running.Count > 0; )
            {
                while (next < count && running.Count < threads * Ahead)
                {
                    var first = next;
                    var length = (int)Math.Min(size, count - first);
                    running.Enqueue(factory.StartNew(() => Chunk<T>.Do(first, length, work, token), token));
                    next += length;
                }

                var oldest = running.Peek();
                while (
                    !oldest.IsCompleted
                    && Task.WaitAny([oldest], (int)Patience.TotalMilliseconds, cancellation) < 0
                )
                {
                    waiting();
                }

                var chunk = running.Dequeue().GetAwaiter().GetResult();
                size = SizeAfter(size, chunk);
                foreach (var result in chunk.Results)
                {
                    yield return result;
                }
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

    // What is in a chunk depends on time, and what comes out does not.
    private static int SizeAfter<T>(int size, Chunk<T> chunk) =>
        chunk.Took < WorthATask && chunk.Results.Length == size ? Math.Min(size * 2, MostAtOnce)
        : chunk.Took > 4 * WorthATask ? Math.Max(size / 2, 1)
        : size;

    /// <summary>The results of some numbers in a row, and how long they took.</summary>
    private sealed record Chunk<T>(T[] Results, TimeSpan Took)
    {
        public static Chunk<T> Do(
            long first,
            int length,
            Func<long, CancellationToken, T> work,
            CancellationToken stop
        )
        {
            var started = Stopwatch.GetTimestamp();
            var results = new T[length];
            for (var i = 0; i < length; i++)
            {
                stop.ThrowIfCancellationRequested();
                results[i] = work(first + i, stop);
            }

            return new(results, Stopwatch.GetElapsedTime(started));
        }
    }
}
