from .hours import plot_hosting_hours as plot_hosting_hours
