using System.Globalization;
using Scriban;
using Scriban.Parsing;
using Scriban.Runtime;

namespace AlphaFactory.Core.Reporting;

/// <summary>
/// A page's template, embedded as a resource. Every value that it writes is escaped, but for
/// <see cref="Markup"/>.
/// </summary>
public sealed class HtmlTemplate
{
    private readonly Template _template;

    private HtmlTemplate(Template template)
    {
        _template = template;
    }

    /// <summary>Reads a template.</summary>
    /// <param name="resource">The end of the embedded resource's name, such as <c>drift-report.html</c>.</param>
    /// <exception cref="InvalidOperationException">There is no such resource, or it does not parse.</exception>
    public static HtmlTemplate Load(string resource)
    {
        var assembly = typeof(HtmlTemplate).Assembly;
        var name = assembly
            .GetManifestResourceNames()
            .Single(found => found.EndsWith("." + resource, StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        var template = Template.Parse(reader.ReadToEnd().ReplaceLineEndings("\n"), resource);
        return template.HasErrors
            ? throw new InvalidOperationException(string.Join('\n', template.Messages))
            : new HtmlTemplate(template);
    }

    /// <summary>Fills the template with an object's properties, under their names in snake case.</summary>
    public string Render(object model, CancellationToken cancellation)
    {
        var values = new ScriptObject(StringComparer.Ordinal);
        values.Import(model, renamer: StandardMemberRenamer.Default);
        var context = new EscapingContext
        {
            CancellationToken = cancellation,
            StrictVariables = true,
            LoopLimit = 0,
            LimitToString = 0,
            NewLine = "\n",
            MemberRenamer = StandardMemberRenamer.Default,
        };
        context.PushCulture(CultureInfo.InvariantCulture);
        context.PushGlobal(values);
        return _template.Render(context);
    }

    private sealed class EscapingContext : TemplateContext
    {
        /// <inheritdoc/>
        public override TemplateContext Write(SourceSpan span, object? textAsObject) =>
            textAsObject switch
            {
                null => this,
                Markup markup => Write(markup.Text),
                _ => Write(Markup.Escape(ObjectToString(textAsObject) ?? "")),
            };
    }
}
