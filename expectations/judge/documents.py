"""Great Expectations' Data Docs of the suites: what judges, as the library itself shows it."""

from __future__ import annotations

from pathlib import Path

import great_expectations as gx

from expectations.judge.judge import suite
from expectations.policy import Policy


def data_docs(policy: Policy, folder: Path) -> Path:
    """Write the site of all versions' suites into a folder; returns its first page."""
    folder.mkdir(parents=True, exist_ok=True)
    context = gx.get_context(mode="ephemeral")
    context.add_data_docs_site(
        "policy",
        {
            "class_name": "SiteBuilder",
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder.absolute())},
        },
    )
    for version in policy.versions:
        context.suites.add(suite(version.version, version.readings))
    context.build_data_docs(site_names=["policy"])
    return folder / "index.html"
