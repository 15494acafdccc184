namespace RetainActors.Storage;

/// <summary>Where a walk through a segment hands on what it finds.</summary>
internal interface IInspectionTarget
{
    void Take(Segment segment, in RecordView record, long offset);

    void Report(LogFinding finding);

    void Note(LogNote note);
}
