using System.Globalization;
using System.Management.Automation.Language;
using AlphaFactory.Core;

namespace AlphaFactory.Cmdlets.Scripts;

/// <summary>Finds a script's files: itself, and what it dot-sources, calls by path, imports or uses, in turn.</summary>
internal static class StrategyFiles
{
    private const string Root = "$PSScriptRoot";

    /// <summary>The full paths, the script first.</summary>
    /// <param name="path">The script, a full path.</param>
    /// <exception cref="AlphaFactoryException">
    /// <see cref="ErrorId.PathNotFound"/>: a file is not there; <see cref="ErrorId.SpecInvalid"/>: one does not parse,
    /// the script has not the parameters that it needs, or what it loads cannot be told without running it.
    /// </exception>
    public static IReadOnlyList<string> Find(string path)
    {
        var found = new List<string>();
        var open = new Queue<string>([path]);
        while (open.TryDequeue(out var file))
        {
            if (found.Contains(file, StringComparer.Ordinal))
            {
                continue;
            }

            var script = Parse(file);
            if (found.Count == 0)
            {
                RequireParameters(script, file);
            }

            found.Add(file);
            foreach (var loaded in Loaded(script, file))
            {
                open.Enqueue(loaded);
            }
        }

        return found;
    }

    /// <summary>Whether a script takes a parameter.</summary>
    public static bool Takes(string path, string parameter) => Takes(Parse(path), parameter);

    private static ScriptBlockAst Parse(string file)
    {
        if (!File.Exists(file))
        {
            throw new AlphaFactoryException(
                ErrorId.PathNotFound,
                $"There is no script at '{file}'. Correct the path."
            )
            {
                Target = file,
            };
        }

        var script = Parser.ParseFile(file, out _, out var errors);
        return errors.Length == 0 ? script : throw At(errors[0].Extent, errors[0].Message);
    }

    private static void RequireParameters(ScriptBlockAst script, string file)
    {
        if (!Takes(script, "Panel") || !Takes(script, "Parameters"))
        {
            throw new AlphaFactoryException(
                ErrorId.SpecInvalid,
                $"'{file}' does not take what a strategy gets. Begin it with param($Panel, $Parameters)."
            )
            {
                Target = file,
            };
        }
    }

    private static bool Takes(ScriptBlockAst script, string parameter) =>
        script.ParamBlock?.Parameters.Any(each =>
            each.Name.VariablePath.UserPath.Equals(parameter, StringComparison.OrdinalIgnoreCase)
        ) == true;

    private static IEnumerable<string> Loaded(ScriptBlockAst script, string file)
    {
        foreach (var command in script.FindAll(node => node is CommandAst, true).Cast<CommandAst>())
        {
            var first = command.CommandElements[0];
            var name = command.GetCommandName();
            if (command.InvocationOperator == TokenKind.Dot && first is not ScriptBlockExpressionAst)
            {
                if (Resolve(first, file) is { } dotted)
                {
                    yield return dotted;
                }
                else if (name is null)
                {
                    throw At(
                        first.Extent,
                        $"what {first.Extent.Text} names cannot be told without running it, and the code hash must cover it. "
                            + $"Write . \"{Root}/name.ps1\"."
                    );
                }
            }
            else if (
                (
                    name?.Equals("Import-Module", StringComparison.OrdinalIgnoreCase) == true
                        ? command.CommandElements.Skip(1)
                        : [first]
                )
                    .Select(element => Resolve(element, file))
                    .FirstOrDefault(path => path is not null) is
                { } called
            )
            {
                yield return called;
            }
        }

        foreach (
            var use in script.UsingStatements.Where(use =>
                use.UsingStatementKind == UsingStatementKind.Module
            )
        )
        {
            if (use.Name is not null && Resolve(use.Name, file) is { } module)
            {
                yield return module;
            }
        }
    }

    // The path that an element of a command is, against the folder of the file that it stands in; null when it is none.
    private static string? Resolve(Ast element, string file)
    {
        var text = element switch
        {
            ExpandableStringExpressionAst expandable
                when expandable.NestedExpressions.All(nested => nested.Extent.Text == Root) =>
                expandable.Value,
            StringConstantExpressionAst constant => constant.Value,
            ParenExpressionAst { Pipeline: PipelineAst { PipelineElements: [CommandAst join] } }
                when join.GetCommandName() is "Join-Path"
                    && join.CommandElements
                        is [
                            _,
                            VariableExpressionAst { Extent.Text: Root },
                            StringConstantExpressionAst leaf,
                        ] => $"{Root}/{leaf.Value}",
            _ => null,
        };
        var isScript =
            text is not null
            && Path.GetExtension(text).ToUpperInvariant() is ".PS1" or ".PSM1" or ".PSD1"
            && (
                text.Contains('/', StringComparison.Ordinal) || text.Contains('\\', StringComparison.Ordinal)
            );
        if (!isScript)
        {
            return null;
        }

        var folder = Path.GetDirectoryName(file)!;
        return Path.GetFullPath(
            text!
                .Replace(Root, folder, StringComparison.OrdinalIgnoreCase)
                .Replace('\\', Path.DirectorySeparatorChar),
            folder
        );
    }

    private static AlphaFactoryException At(IScriptExtent extent, string what) =>
        new(
            ErrorId.SpecInvalid,
            string.Create(
                CultureInfo.InvariantCulture,
                $"'{extent.File}', line {extent.StartLineNumber}, column {extent.StartColumnNumber}: "
            ) + what
        )
        {
            Target = extent.File,
        };
}
