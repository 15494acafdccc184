using Akka.Streams;
using Akka.Streams.Stage;

namespace RetainActors.Persistence.Query;

/// <summary>
/// A source that reads page by page, only while it is asked for elements, and goes on after an append. The cursor is opened when
/// the stream starts, whether or not there is demand: that fixes the bounds of the query.
/// </summary>
internal sealed class QueryStage<T> : GraphStage<SourceShape<T>>
{
    private readonly Func<Action, Task<IQueryCursor<T>>> _open;

    /// <param name="name">Names the outlet.</param>
    /// <param name="open">Opens a cursor that calls its argument after appends.</param>
    public QueryStage(string name, Func<Action, Task<IQueryCursor<T>>> open)
    {
        _open = open;
        Out = new Outlet<T>(name + ".out");
        Shape = new SourceShape<T>(Out);
    }

    public override SourceShape<T> Shape { get; }

    private Outlet<T> Out { get; }

    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this);

    private enum Step
    {
        Opening,
        Ready,
        Reading,
        Waiting,
        Finished,
    }

    private sealed class Logic : GraphStageLogic
    {
        private readonly QueryStage<T> _stage;
        private readonly Queue<T> _buffer = new();
        private Task<IQueryCursor<T>>? _opening;
        private IQueryCursor<T>? _cursor;
        private Step _step = Step.Opening;

        // Set by whoever appends, taken back before every read: an append during a read causes another one.
        private int _changed;

        public Logic(QueryStage<T> stage)
            : base(stage.Shape)
        {
            _stage = stage;
            SetHandler(stage.Out, onPull: Advance);
        }

        public override void PreStart()
        {
            var changed = GetAsyncCallback(() =>
            {
                if (_step == Step.Waiting) _step = Step.Ready;
                Advance();
            });
            _opening = _stage._open(() =>
            {
                if (Interlocked.Exchange(ref _changed, 1) == 0) changed();
            });
            Then(_opening, cursor =>
            {
                _cursor = cursor;
                _step = Step.Ready;
            });
        }

        public override void PostStop() => _opening?.ContinueWith(
            static opening => opening.Result.Dispose(), CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        private void Advance()
        {
            if (IsAvailable(_stage.Out) && _buffer.TryDequeue(out var element)) Push(_stage.Out, element);
            if (_buffer.Count > 0) return;
            if (_step == Step.Finished) CompleteStage();
            else if (_step == Step.Ready && IsAvailable(_stage.Out)) Read();
        }

        private void Read()
        {
            _step = Step.Reading;
            Interlocked.Exchange(ref _changed, 0);
            Then(_cursor!.ReadAsync(), page =>
            {
                foreach (var element in page.Elements) _buffer.Enqueue(element);
                _step = page.Progress switch
                {
                    QueryProgress.Finished => Step.Finished,
                    QueryProgress.Drained when Volatile.Read(ref _changed) == 0 => Step.Waiting,
                    _ => Step.Ready,
                };
            });
        }

        /// <summary>Goes on with the result inside the stage, or fails it.</summary>
        private void Then<TResult>(Task<TResult> task, Action<TResult> onResult)
        {
            var done = GetAsyncCallback<Task<TResult>>(completed =>
            {
                if (!completed.IsCompletedSuccessfully)
                {
                    FailStage(completed.Exception?.InnerException ?? new OperationCanceledException("The query was cancelled."));
                    return;
                }
                onResult(completed.Result);
                Advance();
            });
            task.ContinueWith(done, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
