namespace OfflineLicense.Issuer.Home;

/// <summary>The plan that a new home has, with every key explained. A test issues it, and holds that no key is left out.</summary>
internal static class SamplePlan
{
    internal static string Text(string product) => $$"""
        # A plan says what a license is to grant: 'issuer issue plans/sample.yaml' signs it. Copy it for each customer or
        # tariff. A flag such as --cores 128 takes the place of the value here. id and issue date are filled in.
        # Every key but 'licensee' and 'quota' may be left out. A line without its '#' counts.

        # What is licensed, and to whom. The licensee is the customer's name on statements and replies.
        product: {{product}}
        licensee: Example Customer

        # Groups statements: production (when left out), test, trial, standby.
        purpose: production

        # Grace, overage and enforcement by one word: standard, lenient, strict, trial, advisory. A key that stands here itself
        # goes before what the preset says of it.
        # preset: standard

        # The license that this one replaces: on a renewal or an amendment. See 'issuer list'.
        # replaces: 01JC0000000000000000000000

        # Days mean their first second in UTC. Without 'from' the term begins today. 'until' is the first moment after the
        # term; without 'until' and 'days' it has no end.
        term:
          # from: 2026-12-01
          # until: 2027-12-01
          days: 365

        # Builds of the product made before then are covered; any build when left out.
        # builds-until: 2027-12-01

        # After the term's end, or for another reason, work goes on for some days: 'days', plus 'earn' for each full 30 days
        # that the node has run licensed, at most 'limit'.
        grace:
          days: 14
          earn: 1
          limit: 60

        # Limits; a limit that is left out is none, and 'quota: {}' is a license without any. Underscores may group digits.
        quota:
          # Period of the minutes: term (when left out), year, month (by the calendar, in UTC).
          per: term
          # Cores in use at one moment, over all nodes.
          cores: 64
          # Minutes with at least one core in use, summed over nodes; minutes times cores.
          node-minutes: 1_051_200
          core-minutes: 33_638_400
          # Cores in use at one moment on each node.
          node-cores: 16

        # Use above the quota leads to: allow (a warning), grace (when left out), refuse (new work that would exceed it).
        overage: grace

        # enforced (when left out), or advisory: nothing is ever refused.
        enforcement: enforced

        # Metering intervals of 1s to 1h, a divisor of a day; the duty to export receipts; whose replies count (the home's
        # reply keys when left out).
        receipts:
          every: 5m
          mail-every: 90d
          # replies-by:
          #   - a verifier key from 'issuer key show'

        # The lowest trust document and reply that a node must hold beside the license.
        # needs:
        #   trust: 1
        #   reply: 1

        # Installations that the license is bound to; any when left out. 'issuer inspect FILE.request' shows the name.
        # installations:
        #   - offline-license/mfrggzdfmztwq2lknnwg23tpoa

        # Texts for the product (features), for later versions of it (hints, which never restrict), and for people (notes).
        features:
          recording: "true"
        # hints:
        #   region: eu
        notes:
          order: A-1027

        """;
}
