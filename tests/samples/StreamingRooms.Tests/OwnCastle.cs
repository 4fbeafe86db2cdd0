using Xunit;

#pragma warning disable IDE0130 // the namespace is the point

namespace Org.BouncyCastle.Crypto.Parameters
{
    /// <summary>
    /// Of the product's own, under the name that Bouncy Castle's has. Were that one in what the product compiles against, this
    /// would be a warning (CS0436), which is an error here; and beside the other Bouncy Castle package, CS0433.
    /// </summary>
    internal sealed class Ed25519PublicKeyParameters;
}

namespace StreamingRooms.Tests
{
    public sealed class OwnCastleTests
    {
        [Fact]
        public void A_product_may_have_a_Bouncy_Castle_of_its_own() =>
            Assert.Equal(typeof(OwnCastleTests).Assembly, typeof(Org.BouncyCastle.Crypto.Parameters.Ed25519PublicKeyParameters).Assembly);
    }
}
