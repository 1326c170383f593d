"""How a client of an AWS service is made: short time-outs, few attempts, so that no request outlives its page.

API Gateway gives up after 29 seconds and botocore's own limits are longer; a page had better say what went wrong.
"""

from typing import Any

CONNECT_SECONDS, READ_SECONDS, ATTEMPTS = 1, 4, 2


def client(service: str, attempts: int = ATTEMPTS, **options: Any) -> Any:
    """A botocore client of `service`; region, credentials and end point come from the environment.

    Typed Any because botocore makes its clients at run time from data files.
    """
    # botocore is most of the cost of a cold start: a form page must not pay for it.
    import botocore.config
    import botocore.session

    config = botocore.config.Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": attempts},
        **options,
    )
    return botocore.session.get_session().create_client(service, config=config)
