namespace AlphaFactory.Core.Maintenance;

/// <summary>One thing that a repair or an optimization did.</summary>
/// <param name="Action">What, in a word or two.</param>
/// <param name="Path">The file or folder that it was done to, a full path.</param>
/// <param name="Message">What was done, with its numbers.</param>
public sealed record StoreAction(string Action, string Path, string Message);
