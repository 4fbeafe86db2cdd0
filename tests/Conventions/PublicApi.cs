using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace OfflineLicense.Tests.Conventions;

/// <summary>Prints what an assembly promises to those who compile against it, one line a member, in ordinal order.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Kind(type)).Append(' ').Append(type.FullName!.Replace('+', '.')).Append(Bases(type)).Append('\n');
            foreach (var line in Members(type).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
                text.Append("    ").Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static string Kind(Type type)
    {
        var record = type.GetMethod("<Clone>$") is not null || type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;
        var word = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : "class";
        var seal = type is { IsAbstract: true, IsSealed: true } ? "static " : type is { IsClass: true, IsSealed: true } ? "sealed " : "";
        return seal + (record ? "record " : "") + word;
    }

    private static string Bases(Type type)
    {
        var bases = type.GetInterfaces().Where(item => item == typeof(IDisposable))
            .Select(item => item.Name).Order(StringComparer.Ordinal).ToList();
        if (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum))
            bases.Insert(0, parent.Name);
        return bases.Count == 0 ? "" : " : " + string.Join(", ", bases);
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
            return Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => $"{value} {Enum.GetName(type, value)}");
        return type.GetConstructors(Declared).Where(IsWritten).Select(item => $".ctor({Parameters(item)})")
            .Concat(type.GetFields(Declared).Select(item => $"{(item.IsLiteral ? "const " : item.IsStatic ? "static " : "")}{Name(item.FieldType)} {item.Name}{(item.IsLiteral ? $" = {item.GetRawConstantValue()}" : "")}"))
            .Concat(type.GetProperties(Declared).Select(Property))
            .Concat(type.GetEvents(Declared).Select(item => $"event {Name(item.EventHandlerType!)} {item.Name}"))
            .Concat(type.GetMethods(Declared).Where(item => IsWritten(item) && !item.IsSpecialName).Select(item =>
                $"{(item.IsStatic ? "static " : "")}{Name(item.ReturnType, Nullability.Create(item.ReturnParameter))} {item.Name}({Parameters(item)})"));
    }

    private static string Property(PropertyInfo item)
    {
        var set = item.SetMethod is not { IsPublic: true } setter ? ""
            : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;";
        var required = item.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        var isStatic = item.GetMethod!.IsStatic ? "static " : "";
        return $"{isStatic}{required}{Name(item.PropertyType, Nullability.Create(item))} {item.Name} {{ get;{set} }}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(item =>
    {
        var how = item.IsOut ? "out " : item.ParameterType.IsByRef ? "ref " : item.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "";
        var type = item.ParameterType.IsByRef ? item.ParameterType.GetElementType()! : item.ParameterType;
        return $"{how}{Name(type, Nullability.Create(item))} {item.Name}{(item.IsOptional ? " = …" : "")}";
    }));

    // Of a record, only what a person wrote is a promise of its own.
    private static bool IsWritten(MethodBase method) => !method.IsDefined(typeof(CompilerGeneratedAttribute));

    private static string Name(Type type, NullabilityInfo? nullability = null)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Name(value) + "?";
        var name = type.IsArray ? Name(type.GetElementType()!) + "[]"
            : type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(item => Name(item)))}>"
            : type.Name;
        return nullability?.ReadState == NullabilityState.Nullable && !type.IsValueType ? name + "?" : name;
    }
}
