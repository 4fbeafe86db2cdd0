using OfflineLicense.Hosting;
using OfflineLicense.Keys;
using OfflineLicense.Verifier;
using Xunit;

namespace OfflineLicense.Tests.Conventions;

/// <summary>What products compile against is approved text: a change is read by a person before it lands.</summary>
public sealed class PublicApiTests
{
    [Fact]
    public void Keys_promise_what_was_approved() => Snapshot.Match(PublicApi.Of(typeof(SigningKey).Assembly), "PublicApi.Keys");

    [Fact]
    public void The_verifier_promises_what_was_approved() => Snapshot.Match(PublicApi.Of(typeof(Node).Assembly), "PublicApi.Verifier");

    [Fact]
    public void Hosting_promises_what_was_approved() => Snapshot.Match(PublicApi.Of(typeof(OfflineLicenseOptions).Assembly), "PublicApi.Hosting");

    [Fact]
    public void The_testing_package_promises_what_was_approved() => Snapshot.Match(PublicApi.Of(typeof(TestLicensing).Assembly), "PublicApi.Testing");
}
