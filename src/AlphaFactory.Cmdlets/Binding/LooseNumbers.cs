using System.Management.Automation;
using AlphaFactory.Core.Registry;

namespace AlphaFactory.Cmdlets.Binding;

/// <summary>
/// Numbers of piped objects that no parameter takes, such as the metric columns that <c>Export-Csv</c> writes: they
/// would be lost without a word.
/// </summary>
/// <param name="command">The command that takes the others.</param>
internal sealed class LooseNumbers(CommandInfo command)
{
    private readonly HashSet<string> _known = new(
        command
            .Parameters.Values.SelectMany(parameter => parameter.Aliases.Prepend(parameter.Name))
            .Concat(typeof(Alpha).GetProperties().Select(property => property.Name)),
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Their names, each once over all objects; an object with a type of its own has none.</summary>
    public IReadOnlyList<string> Next(PSObject input) =>
        input is { BaseObject: PSCustomObject }
            ?
            [
                .. input
                    .Properties.Where(property => Tables.TryNumber(Tables.Unwrap(property.Value), out _))
                    .Select(property => property.Name)
                    .Where(_known.Add),
            ]
            : [];
}
